/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of tornwalk, a file each. argv[0] is the command; each returns the exit code. */
#ifndef TORNWALK_COMMANDS_H
#define TORNWALK_COMMANDS_H

int cmd_run(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_calibrate(int argc, char **argv);
int cmd_tune(int argc, char **argv);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cli/usage.h"
#include "lines.h"
#include "stress/clock.h"

#define NS_PER_S UINT64_C(1000000000)

/*
 * How much longer than it said something may take, for an emulated machine may be slow, and shared;
 * how long an end may take that was asked for.
 */
enum { PATIENCE_S = 60, END_S = 20, LOOK_MS = 50, LAST_LOOK_MS = 300, REAP_S = 5 };

/* Anywhere in a line, but no end of a longer word. */
static const char *const trouble[] = {
	"BUG: ", "kernel BUG at", "WARNING: ", "bad pmd", "bad pud", "bad pgd", "Bad rss-counter", "Bad page",
	"Oops", "Unable to handle", "Internal error", "general protection", "Kernel panic", "detected stall",
	"self-detected stall", "blocked for more than", "EIP: ", "RIP: ", "PC is at ", "unhandled page fault",
};

bool log_is_trouble(const char *text)
{
	const char *at;
	unsigned i;

	for (i = 0; i < sizeof(trouble) / sizeof(trouble[0]); i++)
		for (at = text; (at = strstr(at, trouble[i])); at++)
			if (at == text || !isalnum((unsigned char)at[-1]))
				return true;
	return false;
}

/* From now on; -1: there is no log for us. */
static int log_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		line("fact\tlog\tnot followed: /dev/kmsg: %s", strerror(errno));
	else
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* A record is "priority,number,time,flags;text", then lines that begin with a blank. */
static void log_follow(int fd)
{
	char record[2048], text[800], *p;
	ssize_t n;

	while (fd >= 0) {
		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE) {
			line("log\ttornlive: lines of the kernel's log were overwritten before they were read");
			continue;
		}
		if (n <= 0)
			return;
		record[n] = '\0';
		p = strchr(record, ';');
		p = p ? p + 1 : record;
		p[strcspn(p, "\n")] = '\0';
		if (log_is_trouble(p))
			line("log\t%s", line_text(text, sizeof(text), p));
	}
}

void watch_expect(struct watch *w, uint64_t ns)
{
	__atomic_store_n(&w->until_ns, now_ns() + ns, __ATOMIC_RELAXED);
}

/* told_ns: when it was told to end; 0: it was not. */
static bool overdue(const struct watch *w, uint64_t told_ns)
{
	uint64_t until = __atomic_load_n(&w->until_ns, __ATOMIC_RELAXED);

	if (told_ns)
		return now_ns() > told_ns + END_S * NS_PER_S;
	return until && now_ns() > until + PATIENCE_S * NS_PER_S;
}

/* Whoever is stuck in the kernel cannot be killed either; then nobody waits for it. */
static bool reap(pid_t child, int *status)
{
	uint64_t until = now_ns() + REAP_S * NS_PER_S;

	kill(child, SIGKILL);
	while (waitpid(child, status, WNOHANG) != child) {
		if (now_ns() > until)
			return false;
		poll(NULL, 0, LOOK_MS);
	}
	return true;
}

static int how_it_ended(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	line("log\ttornlive: what operates on the memory was killed by signal %d (%s)", WTERMSIG(status),
	     strsignal(WTERMSIG(status)));
	return EXIT_FAIL;
}

static int attend(pid_t child, const struct watch *w)
{
	int fd = log_open(), status = 0, code;
	uint64_t told = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		poll(&p, 1, LOOK_MS);
		log_follow(fd);
		if (interrupted && !told) {
			kill(child, SIGTERM);
			told = now_ns();
		}
		if (waitpid(child, &status, WNOHANG) == child) {
			code = how_it_ended(status);
			break;
		}
		if (overdue(w, told)) {
			line("log\ttornlive: what operates on the memory is %d s late; it is killed", told ? END_S : PATIENCE_S);
			if (!reap(child, &status))
				line("log\ttornlive: and it does not die: it is stuck in the kernel");
			code = EXIT_FAIL;
			break;
		}
	}
	/* what the kernel says of the end may come a little later */
	poll(NULL, 0, LAST_LOOK_MS);
	log_follow(fd);
	if (fd >= 0)
		close(fd);
	return code;
}

/* The process that operates has met what no program of ours does: it says where, and dies of it. */
static void on_crash(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code > 0)
		line("log\ttornlive: signal %d (code %d) at address %p, in what operates on the memory", sig, info->si_code,
		     info->si_addr);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void catch_crashes(void)
{
	struct sigaction sa = { .sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

int watch(int (*work)(void *arg, struct watch *w), void *arg, void (*restore)(void))
{
	struct watch *w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t parent = getpid(), child;
	int code;

	if (w == MAP_FAILED)
		return usage_error("no memory");
	child = fork();
	if (child < 0)
		return usage_error("fork: %s", strerror(errno));
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		catch_crashes();
		code = getppid() == parent ? work(arg, w) : EXIT_INCONCLUSIVE;
		if (getppid() != parent)
			restore();
		_exit(code);
	}
	code = attend(child, w);
	restore();
	munmap(w, sizeof(*w));
	return code;
}

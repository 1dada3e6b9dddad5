/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "native/generic/step.h"

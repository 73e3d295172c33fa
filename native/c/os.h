/* What the bridge needs of an operating system: locks, one thread, libraries. Two headers say it,
** and nothing else in this folder names an operating system. */
#ifndef RUNAR_OS_H
#define RUNAR_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
#include "os_win.h"
#else
#include "os_posix.h"
#endif

#endif

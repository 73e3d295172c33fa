/* Linux and macOS. Included by os.h alone. */
#ifndef RUNAR_OS_POSIX_H
#define RUNAR_OS_POSIX_H

#include <dlfcn.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <link.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef pthread_mutex_t os_mutex;
typedef pthread_cond_t os_cond;
typedef pthread_once_t os_once;

#define OS_MUTEX_INIT PTHREAD_MUTEX_INITIALIZER
#define OS_ONCE_INIT PTHREAD_ONCE_INIT

static inline void os_run_once(os_once *once, void (*what)(void)) {
  pthread_once(once, what);
}

static inline void os_mutex_init(os_mutex *mutex) {
  pthread_mutex_init(mutex, NULL);
}

static inline void os_mutex_destroy(os_mutex *mutex) {
  pthread_mutex_destroy(mutex);
}

static inline void os_lock(os_mutex *mutex) {
  pthread_mutex_lock(mutex);
}

static inline void os_unlock(os_mutex *mutex) {
  pthread_mutex_unlock(mutex);
}

/* Waits by the monotonic clock, so that setting the clock of the machine stretches no limit. */
static inline void os_cond_init(os_cond *cond) {
#ifdef __APPLE__
  pthread_cond_init(cond, NULL);
#else
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(cond, &attributes);
  pthread_condattr_destroy(&attributes);
#endif
}

static inline void os_cond_destroy(os_cond *cond) {
  pthread_cond_destroy(cond);
}

static inline void os_wait(os_cond *cond, os_mutex *mutex) {
  pthread_cond_wait(cond, mutex);
}

static inline void os_wake_all(os_cond *cond) {
  pthread_cond_broadcast(cond);
}

/* Milliseconds of a clock that nobody sets. */
static inline int64_t os_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until woken (perhaps for nothing) or until os_now_ms() reaches `until`. */
static inline void os_wait_until(os_cond *cond, os_mutex *mutex, int64_t until) {
#ifdef __APPLE__
  int64_t left = until - os_now_ms();
  if (left <= 0)
    return;
  struct timespec limit = {left / 1000, (left % 1000) * 1000000};
  pthread_cond_timedwait_relative_np(cond, mutex, &limit);
#else
  struct timespec limit = {until / 1000, (until % 1000) * 1000000};
  pthread_cond_timedwait(cond, mutex, &limit);
#endif
}

struct os_start {
  void (*run)(void *);
  void *argument;
};

static inline void *os_thread_entry(void *start) {
  ((struct os_start *)start)->run(((struct os_start *)start)->argument);
  return NULL;
}

/* Starts a detached thread that is never joined. `start` must live as long as the thread. */
static inline bool os_thread_start(size_t stack, struct os_start *start) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  int failed = pthread_create(&thread, &attributes, os_thread_entry, start);
  pthread_attr_destroy(&attributes);
  return failed == 0;
}

#define OS_SEPARATOR '/'
#define OS_PATH_BYTES (PATH_MAX + 1)
#define OS_NO_FILE (-1)
#define OS_ANOTHER_THING (-2)

/* How large a file is; OS_NO_FILE where none can be read; OS_ANOTHER_THING for a folder, a pipe or a
** device. Not by stat(), which old versions of glibc have in no shared library. */
static inline int64_t os_file_size(const char *path) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    close(folder);
    return OS_ANOTHER_THING;
  }
  int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0)
    return OS_NO_FILE;
  off_t size = lseek(file, 0, SEEK_END);
  close(file);
  return size < 0 ? OS_ANOTHER_THING : (int64_t)size;
}

static inline bool os_exists(const char *path) {
  return access(path, F_OK) == 0;
}

static inline FILE *os_file_open(const char *path) {
  return fopen(path, "rbe");
}

/* Where a file lies without links; `real` has OS_PATH_BYTES. */
static inline bool os_real_path(const char *path, char *real) {
  return realpath(path, real) != NULL;
}

/* Opens a library for the life of the process. NULL: `why` says why not. */
static inline void *os_library_open(const char *path, char *why, size_t size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *said = dlerror();
    snprintf(why, size, "%s", said == NULL ? "dlopen said no reason" : said);
  }
  return library;
}

static inline void os_library_close(void *library) {
  dlclose(library);
}

static inline void *os_library_symbol(void *library, const char *name) {
  return dlsym(library, name);
}

/* Whether a name is that of a Java machine's library. */
static inline bool os_is_libjvm(const char *path) {
  const char *name = strrchr(path, '/');
  name = name == NULL ? path : name + 1;
  return strcmp(name, "libjvm.so") == 0 || strcmp(name, "libjvm.dylib") == 0;
}

#ifndef __APPLE__
static inline int os_first_libjvm(struct dl_phdr_info *info, size_t size, void *base) {
  (void)size;
  if (info->dlpi_name == NULL || !os_is_libjvm(info->dlpi_name))
    return 0;
  *(uintptr_t *)base = (uintptr_t)info->dlpi_addr;
  return 1;
}
#endif

/* Whether the library that contains `inside` was the first of its name to be loaded. */
static inline bool os_library_is_first(const void *inside) {
  Dl_info own;
  if (dladdr(inside, &own) == 0)
    return true;
  uintptr_t first = 0;
#ifdef __APPLE__
  for (uint32_t at = 0; first == 0 && at < _dyld_image_count(); at++) {
    const char *name = _dyld_get_image_name(at);
    if (name != NULL && os_is_libjvm(name))
      first = (uintptr_t)_dyld_get_image_header(at);
  }
#else
  dl_iterate_phdr(os_first_libjvm, &first);
#endif
  return first == 0 || first == (uintptr_t)own.dli_fbase;
}

/* A symbol of the program that this addon was loaded into. */
static inline void *os_host_symbol(const char *name) {
  return dlsym(RTLD_DEFAULT, name);
}

/* Keeps the library that contains `inside` loaded until the process ends. */
static inline bool os_pin(const void *inside) {
  Dl_info info;
  if (dladdr(inside, &info) == 0 || info.dli_fname == NULL)
    return false;
  return dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE | RTLD_NOLOAD) != NULL;
}

/* Whether the Java machine means this one's standard output or error by `stream`. */
static inline bool os_is_standard(const FILE *stream) {
  return stream == stdout || stream == stderr;
}

/* Prints to a stream of the Java machine's libc. */
static inline int os_print_to(FILE *stream, const char *format, va_list arguments) {
  return vfprintf(stream, format, arguments);
}

/* Calls `last` when libc's exit runs, while the other threads still do. */
static inline void os_at_exit(void (*last)(void)) {
  atexit(last);
}

/* Ends the process without running anything of it. */
static inline void os_exit_now(int code) {
  _exit(code);
}

#endif

/* Linux and macOS. Included by os.h alone. */
#ifndef RUNAR_OS_POSIX_H
#define RUNAR_OS_POSIX_H

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
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

void *os_thread_entry(void *start);

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

/* Opens a library for the life of the process. NULL: `why` says why not. */
static inline void *os_library_open(const char *path, char *why, size_t size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *said = dlerror();
    snprintf(why, size, "%s", said == NULL ? "dlopen said no reason" : said);
  }
  return library;
}

static inline void *os_library_symbol(void *library, const char *name) {
  return dlsym(library, name);
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

/* Ends the process without running anything of it. */
static inline void os_exit_now(int code) {
  _exit(code);
}

#endif

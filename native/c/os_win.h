/* Windows. Included by os.h alone. */
#ifndef RUNAR_OS_WIN_H
#define RUNAR_OS_WIN_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <string.h>

typedef SRWLOCK os_mutex;
typedef CONDITION_VARIABLE os_cond;
typedef INIT_ONCE os_once;

#define OS_MUTEX_INIT SRWLOCK_INIT
#define OS_ONCE_INIT INIT_ONCE_STATIC_INIT

static inline void os_run_once(os_once *once, void (*what)(void)) {
  BOOL pending = FALSE;
  if (InitOnceBeginInitialize(once, 0, &pending, NULL) && pending) {
    what();
    InitOnceComplete(once, 0, NULL);
  }
}

static inline void os_mutex_init(os_mutex *mutex) {
  InitializeSRWLock(mutex);
}

static inline void os_mutex_destroy(os_mutex *mutex) {
  (void)mutex;
}

static inline void os_lock(os_mutex *mutex) {
  AcquireSRWLockExclusive(mutex);
}

static inline void os_unlock(os_mutex *mutex) {
  ReleaseSRWLockExclusive(mutex);
}

static inline void os_cond_init(os_cond *cond) {
  InitializeConditionVariable(cond);
}

static inline void os_cond_destroy(os_cond *cond) {
  (void)cond;
}

static inline void os_wait(os_cond *cond, os_mutex *mutex) {
  SleepConditionVariableSRW(cond, mutex, INFINITE, 0);
}

static inline void os_wake_all(os_cond *cond) {
  WakeAllConditionVariable(cond);
}

/* Milliseconds of a clock that nobody sets. */
static inline int64_t os_now_ms(void) {
  return (int64_t)GetTickCount64();
}

/* Waits until woken (perhaps for nothing) or until os_now_ms() reaches `until`. */
static inline void os_wait_until(os_cond *cond, os_mutex *mutex, int64_t until) {
  int64_t left = until - os_now_ms();
  if (left > 0)
    SleepConditionVariableSRW(cond, mutex, (DWORD)left, 0);
}

struct os_start {
  void (*run)(void *);
  void *argument;
};

unsigned __stdcall os_thread_entry(void *start);

/* Starts a detached thread that is never joined. `start` must live as long as the thread. */
static inline bool os_thread_start(size_t stack, struct os_start *start) {
  uintptr_t thread = _beginthreadex(NULL, (unsigned)stack, os_thread_entry, start,
                                    STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (thread == 0)
    return false;
  CloseHandle((HANDLE)thread);
  return true;
}

/* Opens a library for the life of the process. NULL: `why` says why not. */
static inline void *os_library_open(const char *path, char *why, size_t size) {
  wchar_t wide[32768];
  if (MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 32768) == 0) {
    snprintf(why, size, "the path is no UTF-8: %s", path);
    return NULL;
  }
  HMODULE library = LoadLibraryExW(
      wide, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
  if (library == NULL)
    snprintf(why, size, "%s: LoadLibrary failed with %lu", path, GetLastError());
  return (void *)library;
}

static inline void *os_library_symbol(void *library, const char *name) {
  return (void *)GetProcAddress((HMODULE)library, name);
}

/* A symbol of the program that this addon was loaded into: the executable, whatever its name. */
static inline void *os_host_symbol(const char *name) {
  return (void *)GetProcAddress(GetModuleHandleW(NULL), name);
}

/* Keeps the library that contains `inside` loaded until the process ends. */
static inline bool os_pin(const void *inside) {
  HMODULE self;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                            (LPCWSTR)inside, &self) != 0;
}

/* Ends the process without running anything of it. */
static inline void os_exit_now(int code) {
  TerminateProcess(GetCurrentProcess(), (UINT)code);
}

#endif

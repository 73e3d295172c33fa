/* Windows. Included by os.h alone. */
#ifndef RUNAR_OS_WIN_H
#define RUNAR_OS_WIN_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <limits.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

static inline unsigned __stdcall os_thread_entry(void *start) {
  ((struct os_start *)start)->run(((struct os_start *)start)->argument);
  return 0;
}

/* Starts a detached thread that is never joined. `start` must live as long as the thread. */
static inline bool os_thread_start(size_t stack, struct os_start *start) {
  uintptr_t thread = _beginthreadex(NULL, (unsigned)stack, os_thread_entry, start,
                                    STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (thread == 0)
    return false;
  CloseHandle((HANDLE)thread);
  return true;
}

#define OS_SEPARATOR '\\'
#define OS_WIDE_PATH 32768
#define OS_PATH_BYTES 4096
#define OS_NO_FILE (-1)
#define OS_ANOTHER_THING (-2)

/* A path of UTF-8 as this system has it, with its own separators. `wide` has OS_WIDE_PATH. */
static inline bool os_wide(const char *path, wchar_t *wide) {
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, OS_WIDE_PATH) == 0)
    return false;
  for (wchar_t *at = wide; *at != 0; at++)
    if (*at == L'/')
      *at = L'\\';
  return true;
}

/* How large a file is, OS_NO_FILE or, for a folder, a pipe or a device, OS_ANOTHER_THING. */
static inline int64_t os_file_size(const char *path) {
  wchar_t wide[OS_WIDE_PATH];
  WIN32_FILE_ATTRIBUTE_DATA found;
  if (!os_wide(path, wide) || !GetFileAttributesExW(wide, GetFileExInfoStandard, &found))
    return OS_NO_FILE;
  if ((found.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) != 0)
    return OS_ANOTHER_THING;
  return (int64_t)((uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow);
}

static inline bool os_exists(const char *path) {
  wchar_t wide[OS_WIDE_PATH];
  return os_wide(path, wide) && GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES;
}

static inline FILE *os_file_open(const char *path) {
  wchar_t wide[OS_WIDE_PATH];
  return os_wide(path, wide) ? _wfopen(wide, L"rb") : NULL;
}

/* The whole path of a file; `real` has OS_PATH_BYTES. */
static inline bool os_real_path(const char *path, char *real) {
  wchar_t wide[OS_WIDE_PATH], whole[OS_PATH_BYTES];
  if (!os_wide(path, wide))
    return false;
  DWORD length = GetFullPathNameW(wide, OS_PATH_BYTES, whole, NULL);
  return length > 0 && length < OS_PATH_BYTES &&
         WideCharToMultiByte(CP_UTF8, 0, whole, -1, real, OS_PATH_BYTES, NULL, NULL) > 0;
}

/* What an error of the system is called, in the language of the system. */
static inline void os_error_text(DWORD error, char *text, int size) {
  wchar_t wide[512];
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                                error, 0, wide, sizeof wide / sizeof *wide, NULL);
  while (length > 0 && wide[length - 1] <= L' ')
    length--;
  int bytes = WideCharToMultiByte(CP_UTF8, 0, wide, (int)length, text, size - 1, NULL, NULL);
  text[bytes] = 0;
}

/* The runtime of C that a JDK brings lies in its folder bin, beside the folder of jvm.dll. */
static inline void os_add_bin(const wchar_t *library) {
  wchar_t folder[OS_WIDE_PATH];
  wcscpy(folder, library);
  for (int up = 0; up < 2; up++) {
    wchar_t *last = wcsrchr(folder, L'\\');
    if (last == NULL)
      return;
    *last = 0;
  }
  AddDllDirectory(folder);
}

/* Opens a library for the life of the process. NULL: `why` says why not. */
static inline void *os_library_open(const char *path, char *why, size_t size) {
  wchar_t wide[OS_WIDE_PATH];
  char said[1024];
  if (!os_wide(path, wide)) {
    snprintf(why, size, "the path is no UTF-8 or too long");
    return NULL;
  }
  os_add_bin(wide);
  HMODULE library = LoadLibraryExW(
      wide, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
  if (library == NULL) {
    DWORD error = GetLastError();
    os_error_text(error, said, sizeof said);
    snprintf(why, size, "%s (%lu)", said, error);
  }
  return (void *)library;
}

static inline void os_library_close(void *library) {
  FreeLibrary((HMODULE)library);
}

static inline void *os_library_symbol(void *library, const char *name) {
  return (void *)GetProcAddress((HMODULE)library, name);
}

/* Whether the library that contains `inside` was the first of its name to be loaded. */
static inline bool os_library_is_first(const void *inside) {
  HMODULE own, first = GetModuleHandleW(L"jvm.dll");
  return first == NULL ||
         !GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                 GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                             (LPCWSTR)inside, &own) ||
         own == first;
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

/* The streams of the Java machine are of the Universal CRT, this addon's need not be. */
static inline FARPROC os_universal(const char *name) {
  HMODULE crt = GetModuleHandleW(L"ucrtbase.dll");
  return crt == NULL ? NULL : GetProcAddress(crt, name);
}

/* Whether the Java machine means its standard output or error by `stream`; true if unknown. */
static inline bool os_is_standard(const FILE *stream) {
  FILE *(*standard)(unsigned) = (FILE * (*)(unsigned)) os_universal("__acrt_iob_func");
  return standard == NULL || stream == standard(1) || stream == standard(2);
}

/* Prints to a stream of the Java machine's libc. */
static inline int os_print_to(FILE *stream, const char *format, va_list arguments) {
  typedef int (*print_fn)(unsigned long long, FILE *, const char *, void *, va_list);
  print_fn print = (print_fn)os_universal("__stdio_common_vfprintf");
  return print == NULL ? -1 : print(0, stream, format, NULL, arguments);
}

/* Nothing: what libc's exit calls here, it calls when every other thread has been ended, with the
** locks they had. No thread of the machine can then do harm. */
static inline void os_at_exit(void (*last)(void)) {
  (void)last;
}

/* Ends the process without running anything of it. */
static inline void os_exit_now(int code) {
  TerminateProcess(GetCurrentProcess(), (UINT)code);
}

#endif

#include "booting.h"
#include "args.h"
#include "jvm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A promise that waits for the machine. Freed when the runtime has let go of the function. */
typedef struct pending_boot {
  runar_waiter waiter; /* first: `done` gets this */
  napi_deferred promise;
  napi_threadsafe_function function;
} pending_boot;

/* ---- arguments ---- */

static bool read_options(napi_env env, napi_value list, runar_boot *boot) {
  bool is_list = false;
  uint32_t count = 0;
  napi.is_array_(env, list, &is_list);
  if (is_list)
    napi.get_array_length_(env, list, &count);
  if (!is_list || count > RUNAR_MAX_OPTIONS) {
    char message[80];
    snprintf(message, sizeof message, "options must be an array of at most %d strings",
             RUNAR_MAX_OPTIONS);
    runar_throw_type(env, message);
    return false;
  }
  boot->options = calloc((size_t)count + 1, sizeof *boot->options);
  if (boot->options == NULL) {
    runar_throw(env, "ERR_MEMORY", "no memory");
    return false;
  }
  for (; boot->option_count < count; boot->option_count++) {
    napi_value option;
    if (napi.get_element_(env, list, (uint32_t)boot->option_count, &option) != napi_ok)
      return false; /* a getter threw */
    if (!runar_text_value(env, option, "each of options", &boot->options[boot->option_count]))
      return false;
  }
  return true;
}

static runar_boot *read_boot(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  runar_boot *boot = calloc(1, sizeof *boot);
  if (boot == NULL) {
    runar_throw(env, "ERR_MEMORY", "no memory");
    return NULL;
  }
  if (!runar_text_value(env, args.values[0], "libjvm", &boot->libjvm) ||
      !runar_text_value(env, args.values[2], "mainClass", &boot->main_class) ||
      !read_options(env, args.values[1], boot)) {
    runar_boot_free(boot);
    return NULL;
  }
  for (char *at = boot->main_class; *at != 0; at++)
    if (*at == '.')
      *at = '/';
  return boot;
}

/* ---- the promise ---- */

static void settle(napi_env env, const pending_boot *pending) {
  if (pending->waiter.code == NULL) {
    napi.resolve_deferred_(env, pending->promise, runar_undefined(env));
    return;
  }
  napi.reject_deferred_(env, pending->promise,
                        runar_error(env, pending->waiter.code, pending->waiter.message));
}

/* On the thread that boots, with the lock of jvm.c: the loop cannot end the function meanwhile. */
static void on_done(runar_waiter *waiter) {
  pending_boot *pending = (pending_boot *)waiter;
  napi.call_threadsafe_function_(pending->function, NULL, napi_tsfn_nonblocking);
}

/* The loop ends before the machine is there. */
static void on_loop_end(void *argument) {
  pending_boot *pending = argument;
  runar_jvm_forget(&pending->waiter);
  napi.release_threadsafe_function_(pending->function, napi_tsfn_abort);
}

/* The promise is settled, and nobody else will ring. */
static void let_go(napi_env env, pending_boot *pending) {
  napi.remove_env_cleanup_hook_(env, on_loop_end, pending);
  napi.unref_threadsafe_function_(env, pending->function); /* as in doorbell.c */
  napi.release_threadsafe_function_(pending->function, napi_tsfn_release);
}

static void on_settled(napi_env env, napi_value callback, void *context, void *data) {
  (void)callback;
  (void)data;
  pending_boot *pending = context;
  if (env == NULL)
    return; /* the loop has ended */
  settle(env, pending);
  let_go(env, pending);
}

static void on_finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

static pending_boot *pending_of(napi_env env, napi_value *promise) {
  pending_boot *pending = calloc(1, sizeof *pending);
  napi_value name;
  if (pending == NULL ||
      napi.create_string_utf8_(env, "runar boot", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi.create_threadsafe_function_(env, NULL, NULL, name, 0, 1, pending, on_finalize, pending,
                                       on_settled, &pending->function) != napi_ok) {
    free(pending);
    runar_throw(env, "ERR_MEMORY", "the runtime gave no thread-safe function");
    return NULL;
  }
  pending->waiter.done = on_done;
  if (napi.create_promise_(env, &pending->promise, promise) != napi_ok) {
    napi.release_threadsafe_function_(pending->function, napi_tsfn_abort);
    return NULL;
  }
  napi.add_env_cleanup_hook_(env, on_loop_end, pending);
  return pending;
}

napi_value runar_js_boot(napi_env env, napi_callback_info info) {
  runar_boot *boot = read_boot(env, info);
  if (boot == NULL)
    return runar_undefined(env);
  napi_value promise;
  pending_boot *pending = pending_of(env, &promise);
  if (pending == NULL) {
    runar_boot_free(boot);
    return runar_undefined(env);
  }
  if (!runar_jvm_boot(boot, &pending->waiter)) {
    settle(env, pending);
    let_go(env, pending);
  }
  return promise;
}

#include "doorbell.h"
#include "args.h"
#include "jvm.h"

#include <stdlib.h>

/* Lives until the runtime has let go of the function, which can be long after the link is closed.
 */
struct runar_doorbell {
  napi_env env;
  napi_threadsafe_function function;
  runar_handle handle;
};

/* Any thread. Only the end of the link ends the function, and waits for a ring before it does. */
static void ring(void *argument) {
  runar_doorbell *bell = argument;
  napi.call_threadsafe_function_(bell->function, NULL, napi_tsfn_nonblocking);
}

/* Left to itself Node.js swallows what such a callback throws, with a warning. */
static void report_uncaught(napi_env env) {
  napi_value thrown;
  if (napi.get_and_clear_last_exception_(env, &thrown) == napi_ok)
    napi.fatal_exception_(env, thrown);
}

static void on_ring(napi_env env, napi_value callback, void *context, void *data) {
  (void)data;
  runar_doorbell *bell = context;
  if (env == NULL || callback == NULL)
    return; /* the loop has ended */
  runar_links_heard(runar_jvm_links(), bell->handle);
  napi_value ignored;
  if (napi.call_function_(env, runar_undefined(env), callback, 0, NULL, &ignored) ==
      napi_pending_exception) {
    runar_links_missed(runar_jvm_links(), bell->handle);
    report_uncaught(env);
  }
}

static void on_finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

static size_t let_go(runar_doorbell *bell) {
  size_t undelivered = 0;
  runar_links_close(runar_jvm_links(), bell->env, bell->handle, &undelivered);
  napi.release_threadsafe_function_(bell->function, napi_tsfn_abort);
  return undelivered;
}

/* The loop ends. Runs before the runtime ends the function, since it was registered after it (T12).
 */
static void on_loop_end(void *argument) {
  let_go(argument);
}

static bool make_function(napi_env env, napi_value callback, runar_doorbell *bell) {
  napi_value name;
  return napi.create_string_utf8_(env, "runar doorbell", NAPI_AUTO_LENGTH, &name) == napi_ok &&
         napi.create_threadsafe_function_(env, callback, NULL, name, 0, 1, bell, on_finalize, bell,
                                          on_ring, &bell->function) == napi_ok;
}

bool runar_doorbell_open(napi_env env, napi_value callback, size_t max_bytes, size_t reserved_bytes,
                         runar_handle *handle) {
  runar_doorbell *bell = calloc(1, sizeof *bell);
  if (bell == NULL || !make_function(env, callback, bell)) {
    free(bell);
    runar_throw(env, "ERR_MEMORY", "the runtime gave no thread-safe function");
    return false;
  }
  bell->env = env;
  napi.unref_threadsafe_function_(env, bell->function);
  runar_status status = runar_links_open(runar_jvm_links(), env, max_bytes, reserved_bytes, ring,
                                         bell, &bell->handle);
  if (status != RUNAR_OK) {
    napi.release_threadsafe_function_(bell->function, napi_tsfn_abort);
    if (status == RUNAR_FULL)
      runar_throw(env, "ERR_LIMIT", "this process has as many links as it may have");
    else
      runar_throw(env, "ERR_JVM_DEAD", "the Java machine of this process has come to its end");
    return false;
  }
  napi.add_env_cleanup_hook_(env, on_loop_end, bell);
  *handle = bell->handle;
  return true;
}

static runar_status find(napi_env env, runar_handle handle, runar_doorbell **bell) {
  void *argument;
  runar_status status = runar_links_find(runar_jvm_links(), env, handle, &argument);
  *bell = argument;
  return status;
}

runar_status runar_doorbell_ref(napi_env env, runar_handle handle) {
  runar_doorbell *bell;
  runar_status status = find(env, handle, &bell);
  if (status == RUNAR_OK)
    napi.ref_threadsafe_function_(env, bell->function);
  return status;
}

runar_status runar_doorbell_unref(napi_env env, runar_handle handle) {
  runar_doorbell *bell;
  runar_status status = find(env, handle, &bell);
  if (status == RUNAR_OK)
    napi.unref_threadsafe_function_(env, bell->function);
  return status;
}

runar_status runar_doorbell_close(napi_env env, runar_handle handle, size_t *undelivered) {
  runar_doorbell *bell;
  *undelivered = 0;
  runar_status status = find(env, handle, &bell);
  if (status != RUNAR_OK)
    return status;
  napi.remove_env_cleanup_hook_(env, on_loop_end, bell);
  napi.unref_threadsafe_function_(env, bell->function); /* Bun 1.1 forgets to when it is ended */
  *undelivered = let_go(bell);
  return RUNAR_OK;
}

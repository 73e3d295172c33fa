/* What JavaScript sees of the bridge: section 4 of runar_native.h, function by function. */
#include "args.h"
#include "booting.h"
#include "doorbell.h"
#include "jvm.h"
#include "os.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* What a call answers for a handle that is stale, or throws for one of another loop. */
static napi_value not_here(napi_env env, runar_status status, napi_value stale) {
  if (status != RUNAR_WRONG_THREAD)
    return stale;
  return runar_throw(env, "ERR_WRONG_THREAD",
                     "this handle was opened by another loop: open one in each worker");
}

static napi_value js_open(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  if (!runar_is(env, args.values[0], napi_function))
    return runar_throw_type(env, "doorbell must be a function");
  size_t max_bytes = RUNAR_DEFAULT_BYTES;
  bool limited = !runar_is(env, args.values[1], napi_undefined);
  napi_value value;
  if (limited && !runar_is(env, args.values[1], napi_object))
    return runar_throw_type(env, "limits must be an object");
  if (limited && (napi.get_named_property_(env, args.values[1], "maxBytes", &value) != napi_ok ||
                  !runar_size_value(env, value, "maxBytes", RUNAR_FRAME_COST + 1, RUNAR_MAX_BYTES,
                                    &max_bytes)))
    return runar_undefined(env);
  size_t reserved_bytes = max_bytes;
  if (limited &&
      (napi.get_named_property_(env, args.values[1], "reservedBytes", &value) != napi_ok ||
       !runar_size_value(env, value, "reservedBytes", RUNAR_FRAME_COST + 1, RUNAR_MAX_BYTES,
                         &reserved_bytes)))
    return runar_undefined(env);
  runar_handle handle;
  if (!runar_doorbell_open(env, args.values[0], max_bytes, reserved_bytes, &handle))
    return runar_undefined(env);
  return runar_number(env, (double)handle);
}

static bool read_bytes(const runar_args *args, void **bytes, size_t *length) {
  bool is_array = false;
  napi_typedarray_type type = napi_int8_array;
  size_t size = 0;
  napi.is_typedarray_(args->env, args->values[1], &is_array);
  if (is_array)
    napi.get_typedarray_info_(args->env, args->values[1], &type, &size, bytes, NULL, NULL);
  if (!is_array || type != napi_uint8_array) {
    runar_throw_type(args->env, "bytes must be a Uint8Array");
    return false;
  }
  if (runar_is(args->env, args->values[2], napi_undefined)) {
    runar_throw_type(args->env, "length must be a number");
    return false;
  }
  return runar_size_value(args->env, args->values[2], "length", 0, size, length);
}

static napi_value js_send(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  runar_handle handle;
  void *bytes = NULL;
  size_t length = 0;
  bool reserved = false;
  if (!runar_handle_arg(&args, 0, &handle) || !read_bytes(&args, &bytes, &length))
    return runar_undefined(env);
  if (runar_is(env, args.values[3], napi_boolean))
    napi.get_value_bool_(env, args.values[3], &reserved);
  else if (!runar_is(env, args.values[3], napi_undefined))
    return runar_throw_type(env, "reserved must be a boolean");
  runar_status status = runar_links_send(runar_jvm_links(), env, handle, bytes, length,
                                         reserved ? RUNAR_RESERVED : RUNAR_ORDINARY);
  return not_here(env, status, runar_number(env, status));
}

static napi_value drained_all(napi_env env) {
  runar_ending ending;
  runar_links_ending(runar_jvm_links(), &ending);
  if (ending.how == RUNAR_EXITED)
    return runar_number(env, ending.code);
  if (ending.how == RUNAR_PUMP_DIED)
    return runar_throw(env, "ERR_JVM_DEAD", ending.text);
  return runar_undefined(env);
}

static napi_value js_drain(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  runar_handle handle;
  size_t max_bytes = RUNAR_DRAIN_BYTES;
  if (!runar_handle_arg(&args, 0, &handle) ||
      !runar_size_value(env, args.values[1], "maxBytes", 1, RUNAR_MAX_BYTES, &max_bytes))
    return runar_undefined(env);
  runar_batch batch;
  bool last;
  runar_status status = runar_links_drain(runar_jvm_links(), env, handle, max_bytes, &batch, &last);
  if (status != RUNAR_OK)
    return not_here(env, status, runar_undefined(env));
  if (batch.frames == 0)
    return last ? drained_all(env) : runar_undefined(env);
  /* The frames stay in the queue until there is memory of JavaScript to hold them. */
  void *memory = NULL;
  napi_value buffer, array;
  if (napi.create_arraybuffer_(env, batch.size, &memory, &buffer) != napi_ok ||
      napi.create_typedarray_(env, napi_uint8_array, batch.size, buffer, 0, &array) != napi_ok)
    return runar_throw(env, "ERR_MEMORY", "no memory for the frames that wait");
  if (batch.size > 0)
    memcpy(memory, batch.bytes, batch.size);
  runar_links_drained(runar_jvm_links(), handle, &batch);
  return array;
}

static napi_value js_ref(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  runar_handle handle;
  if (!runar_handle_arg(&args, 0, &handle))
    return runar_undefined(env);
  return not_here(env, runar_doorbell_ref(env, handle), runar_undefined(env));
}

static napi_value js_unref(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  runar_handle handle;
  if (!runar_handle_arg(&args, 0, &handle))
    return runar_undefined(env);
  return not_here(env, runar_doorbell_unref(env, handle), runar_undefined(env));
}

static napi_value js_close(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  runar_handle handle;
  size_t undelivered = 0;
  if (!runar_handle_arg(&args, 0, &handle))
    return runar_undefined(env);
  runar_status status = runar_doorbell_close(env, handle, &undelivered);
  return not_here(env, status, runar_number(env, (double)undelivered));
}

static void set_number(napi_env env, napi_value object, const char *name, uint64_t number) {
  napi.set_named_property_(env, object, name, runar_number(env, (double)number));
}

static napi_value way_object(napi_env env, const runar_way_stats *way) {
  napi_value object = NULL;
  napi.create_object_(env, &object);
  set_number(env, object, "accepted", way->accepted);
  set_number(env, object, "delivered", way->delivered);
  set_number(env, object, "refused", way->refused[RUNAR_ORDINARY]);
  set_number(env, object, "reservedRefused", way->refused[RUNAR_RESERVED]);
  set_number(env, object, "discarded", way->discarded);
  set_number(env, object, "waitingBytes", way->waiting_bytes);
  return object;
}

static napi_value js_stats(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  runar_handle handle;
  runar_link_stats stats;
  if (!runar_handle_arg(&args, 0, &handle))
    return runar_undefined(env);
  runar_status status = runar_links_stats(runar_jvm_links(), env, handle, &stats);
  if (status != RUNAR_OK)
    return not_here(env, status, runar_undefined(env));
  napi_value object = NULL;
  napi.create_object_(env, &object);
  napi.set_named_property_(env, object, "toJs", way_object(env, &stats.to_js));
  napi.set_named_property_(env, object, "toJava", way_object(env, &stats.to_java));
  set_number(env, object, "rings", stats.rings);
  return object;
}

static napi_value js_shutdown(napi_env env, napi_callback_info info) {
  runar_args args = runar_args_of(env, info);
  int code = 0;
  size_t ms = RUNAR_STOP_MS;
  if (!runar_exit_code_arg(&args, 0, &code) ||
      !runar_size_value(env, args.values[1], "ms", 0, INT_MAX, &ms))
    return runar_undefined(env);
  return runar_number(env, (double)runar_jvm_shutdown(code, (int64_t)ms));
}

static void export_function(napi_env env, napi_value exports, const char *name,
                            napi_callback function) {
  napi_value value;
  if (napi.create_function_(env, name, NAPI_AUTO_LENGTH, function, NULL, &value) == napi_ok)
    napi.set_named_property_(env, exports, name, value);
}

static napi_value refuse_to_load(napi_env env, napi_value exports, const char *missing) {
  char message[160];
  snprintf(message, sizeof message,
           "this program lacks %s of Node-API 8: Node.js 18 or Bun 1.1 has it", missing);
  if (napi.throw_error_ != NULL)
    napi.throw_error_(env, "ERR_NODE_API", message);
  else
    fprintf(stderr, "runar_native: %s\n", message);
  return exports; /* without abiVersion */
}

static void *host_symbol(const char *name) {
  return os_host_symbol(name);
}

static os_once loaded = OS_ONCE_INIT;
static const char *missing_function;
static bool pinned;

/* Once for the process: a worker that loads the addon must not write the table that others read.
** The runtime would unload the addon with the worker that was the first to load it. */
static void load(void) {
  missing_function = runar_napi_fill(&napi, host_symbol);
  pinned = os_pin((const void *)&loaded);
}

NAPI_MODULE_INIT() {
  os_run_once(&loaded, load);
  if (missing_function != NULL)
    return refuse_to_load(env, exports, missing_function);
  if (!pinned || !runar_jvm_prepare()) {
    runar_throw(env, "ERR_MEMORY", "the addon could not be kept in memory");
    return exports;
  }
  napi.set_named_property_(env, exports, "abiVersion", runar_number(env, RUNAR_ABI_VERSION));
  export_function(env, exports, "boot", runar_js_boot);
  export_function(env, exports, "open", js_open);
  export_function(env, exports, "send", js_send);
  export_function(env, exports, "drain", js_drain);
  export_function(env, exports, "ref", js_ref);
  export_function(env, exports, "unref", js_unref);
  export_function(env, exports, "close", js_close);
  export_function(env, exports, "stats", js_stats);
  export_function(env, exports, "shutdown", js_shutdown);
  return exports;
}

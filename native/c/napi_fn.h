/* The functions of Node-API that this addon calls, each found by its name in the program that has
** loaded it: no link against one program, and a function that is not there has a name. */
#ifndef RUNAR_NAPI_FN_H
#define RUNAR_NAPI_FN_H

#define NAPI_VERSION 8
#define NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED
#include <node_api.h>

#include <stdbool.h>

#define RUNAR_NAPI_FUNCTIONS(X)                                                                    \
  X(add_env_cleanup_hook)                                                                          \
  X(call_function)                                                                                 \
  X(call_threadsafe_function)                                                                      \
  X(create_arraybuffer)                                                                            \
  X(create_double)                                                                                 \
  X(create_error)                                                                                  \
  X(create_function)                                                                               \
  X(create_object)                                                                                 \
  X(create_promise)                                                                                \
  X(create_string_utf8)                                                                            \
  X(create_threadsafe_function)                                                                    \
  X(create_typedarray)                                                                             \
  X(fatal_exception)                                                                               \
  X(get_and_clear_last_exception)                                                                  \
  X(get_array_length)                                                                              \
  X(get_cb_info)                                                                                   \
  X(get_element)                                                                                   \
  X(get_named_property)                                                                            \
  X(get_typedarray_info)                                                                           \
  X(get_undefined)                                                                                 \
  X(get_value_bool)                                                                                \
  X(get_value_double)                                                                              \
  X(get_value_string_utf8)                                                                         \
  X(is_array)                                                                                      \
  X(is_exception_pending)                                                                          \
  X(is_typedarray)                                                                                 \
  X(ref_threadsafe_function)                                                                       \
  X(reject_deferred)                                                                               \
  X(release_threadsafe_function)                                                                   \
  X(remove_env_cleanup_hook)                                                                       \
  X(resolve_deferred)                                                                              \
  X(set_named_property)                                                                            \
  X(throw)                                                                                         \
  X(throw_error)                                                                                   \
  X(throw_range_error)                                                                             \
  X(throw_type_error)                                                                              \
  X(typeof)                                                                                        \
  X(unref_threadsafe_function)

typedef struct runar_napi_table {
#define RUNAR_NAPI_FIELD(name) __typeof__(napi_##name) *name##_;
  RUNAR_NAPI_FUNCTIONS(RUNAR_NAPI_FIELD)
#undef RUNAR_NAPI_FIELD
} runar_napi_table;

/* Filled when the addon is loaded, by `runar_napi_fill`; read by every loop after that. */
extern runar_napi_table napi;

/* Finds every function by "napi_" and its name. Returns the name of one that is missing, or NULL.
 */
const char *runar_napi_fill(runar_napi_table *table, void *(*find)(const char *name));

#endif

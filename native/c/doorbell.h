/* The doorbell of a link: a thread-safe function that carries nothing, and the end of the link with
** its loop. On the loop alone, but for the ring itself. */
#ifndef RUNAR_DOORBELL_H
#define RUNAR_DOORBELL_H

#include "links.h"
#include "napi_fn.h"

typedef struct runar_doorbell runar_doorbell;

/* Opens a link that rings `callback`. False: JavaScript has an exception. */
bool runar_doorbell_open(napi_env env, napi_value callback, size_t max_bytes, size_t reserved_bytes,
                         runar_handle *handle);

/* RUNAR_OK, RUNAR_CLOSED or RUNAR_WRONG_THREAD, as all the following. */
runar_status runar_doorbell_ref(napi_env env, runar_handle handle);
runar_status runar_doorbell_unref(napi_env env, runar_handle handle);
runar_status runar_doorbell_close(napi_env env, runar_handle handle, size_t *undelivered);

#endif

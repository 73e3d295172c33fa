/* boot() as JavaScript sees it: its arguments and its promise. On the loop alone. */
#ifndef RUNAR_BOOTING_H
#define RUNAR_BOOTING_H

#include "napi_fn.h"

napi_value runar_js_boot(napi_env env, napi_callback_info info);

#endif

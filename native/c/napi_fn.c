#include "napi_fn.h"

#include <stddef.h>
#include <string.h>

runar_napi_table napi;

const char *runar_napi_fill(runar_napi_table *table, void *(*find)(const char *name)) {
  const char *missing = NULL;
  void *found;
#define RUNAR_NAPI_FIND(name)                                                                      \
  found = find("napi_" #name);                                                                     \
  memcpy(&table->name##_, &found, sizeof found);                                                   \
  if (found == NULL && missing == NULL)                                                            \
    missing = "napi_" #name;
  RUNAR_NAPI_FUNCTIONS(RUNAR_NAPI_FIND)
#undef RUNAR_NAPI_FIND
  return missing;
}

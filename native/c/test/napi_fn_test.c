#include "../napi_fn.h"
#include "check.h"

#include <string.h>

static int anything;

static void *all(const char *name) {
  (void)name;
  return &anything;
}

static void *all_but_one(const char *name) {
  return strcmp(name, "napi_create_promise") == 0 ? NULL : &anything;
}

static void *none(const char *name) {
  (void)name;
  return NULL;
}

static void aHostWithEveryFunctionFillsTheTable(void) {
  runar_napi_table table;
  memset(&table, 0, sizeof table);
  CHECK_EQ(runar_napi_fill(&table, all) == NULL, true);
  CHECK_EQ(table.unref_threadsafe_function_ != NULL, true);
}

static void aMissingFunctionIsNamed(void) {
  runar_napi_table table;
  const char *missing = runar_napi_fill(&table, all_but_one);
  CHECK_BYTES(missing, strlen(missing), "napi_create_promise");
  CHECK_EQ(table.throw_error_ != NULL, true); /* so it can be told */
  missing = runar_napi_fill(&table, none);
  CHECK_BYTES(missing, strlen(missing), "napi_add_env_cleanup_hook");
  CHECK_EQ(table.throw_error_ == NULL, true);
}

int main(void) {
  RUN(aHostWithEveryFunctionFillsTheTable);
  RUN(aMissingFunctionIsNamed);
  return checks_end("napi_fn_test");
}

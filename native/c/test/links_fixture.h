/* What both tests of the links start from: a link of one owner, whose bell counts. */
#ifndef RUNAR_LINKS_FIXTURE_H
#define RUNAR_LINKS_FIXTURE_H

#include "../links.h"
#include "../os.h"
#include "check.h"

#include <string.h>

/* A loop that only counts its rings, or sleeps until one. */
typedef struct bell {
  os_mutex lock;
  os_cond rung;
  unsigned rings;
} bell;

static const int OWNER;

static inline void ring(void *argument) {
  bell *bell = argument;
  os_lock(&bell->lock);
  bell->rings++;
  os_wake_all(&bell->rung);
  os_unlock(&bell->lock);
}

static inline void bell_init(bell *bell) {
  os_mutex_init(&bell->lock);
  os_cond_init(&bell->rung);
  bell->rings = 0;
}

static inline runar_handle open_link(runar_links *links, bell *bell, size_t max_bytes) {
  runar_handle handle = 0;
  bell_init(bell);
  CHECK_EQ(runar_links_open(links, &OWNER, max_bytes, max_bytes, ring, bell, &handle), RUNAR_OK);
  return handle;
}

static inline runar_status send_text(runar_links *links, runar_handle handle, const char *text) {
  return runar_links_send(links, &OWNER, handle, text, strlen(text), RUNAR_ORDINARY);
}

static inline runar_status post_text(runar_links *links, runar_handle handle, const char *text) {
  return runar_links_post(links, handle, text, strlen(text), RUNAR_ORDINARY);
}

#endif

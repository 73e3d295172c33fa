#include "links.h"
#include "os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_SLOT UINT32_MAX
#define SLOT_BITS 16
#define SLOT_MASK 0xffffu
/* A second ring may be on its way while one waits to be heard, so that a runtime that loses one
** (T3) is woken by the next; there is never a third, so the runtime's own list stays short (T2). */
#define MOST_RINGS 2

typedef enum { FREE, OPEN, CLOSING } link_state;

typedef struct runar_link {
  os_mutex lock;
  /* under `lock` */
  os_cond idle; /* no bell of this link rings */
  link_state state;
  uint32_t generation;
  const void *owner;
  runar_bell bell;
  void *argument;
  runar_queue to_js;
  runar_queue to_java;
  bool posts;       /* Java may post */
  bool sends;       /* the loop may send */
  bool owes_room;   /* the pump is to be told that Java may post again */
  bool asked;       /* a bell rang since the loop last came */
  unsigned unheard; /* rings that the loop has not heard */
  unsigned ringing; /* threads that ring at this moment */
  uint64_t rings;
  /* under the lock of the table */
  bool ready;
  uint32_t next_ready;
} runar_link;

struct runar_links {
  os_mutex lock;
  os_cond something;
  bool stopped;
  uint32_t first_ready;
  uint32_t last_ready;
  runar_ending ending;
  runar_link slots[RUNAR_MAX_LINKS];
};

runar_links *runar_links_create(void) {
  runar_links *links = calloc(1, sizeof *links);
  if (links == NULL)
    return NULL;
  os_mutex_init(&links->lock);
  os_cond_init(&links->something);
  links->first_ready = NO_SLOT;
  links->last_ready = NO_SLOT;
  for (size_t slot = 0; slot < RUNAR_MAX_LINKS; slot++) {
    os_mutex_init(&links->slots[slot].lock);
    os_cond_init(&links->slots[slot].idle);
    links->slots[slot].generation = 1;
  }
  return links;
}

void runar_links_destroy(runar_links *links) {
  for (size_t slot = 0; slot < RUNAR_MAX_LINKS; slot++) {
    runar_queue_destroy(&links->slots[slot].to_js);
    runar_queue_destroy(&links->slots[slot].to_java);
    os_cond_destroy(&links->slots[slot].idle);
    os_mutex_destroy(&links->slots[slot].lock);
  }
  os_cond_destroy(&links->something);
  os_mutex_destroy(&links->lock);
  free(links);
}

static runar_handle handle_of(const runar_links *links, const runar_link *link) {
  return (runar_handle)link->generation << SLOT_BITS | (runar_handle)(link - links->slots);
}

/* The open link of a handle, locked, or NULL for a stale one. */
static runar_link *locked(runar_links *links, runar_handle handle) {
  size_t slot = handle & SLOT_MASK;
  if (slot >= RUNAR_MAX_LINKS)
    return NULL;
  runar_link *link = &links->slots[slot];
  os_lock(&link->lock);
  if (link->state == OPEN && link->generation == handle >> SLOT_BITS)
    return link;
  os_unlock(&link->lock);
  return NULL;
}

static runar_status locked_by(runar_links *links, const void *owner, runar_handle handle,
                              runar_link **link) {
  *link = locked(links, handle);
  if (*link == NULL)
    return RUNAR_CLOSED;
  if ((*link)->owner == owner)
    return RUNAR_OK;
  os_unlock(&(*link)->lock);
  return RUNAR_WRONG_THREAD;
}

/* A slot whose generations are used up is never opened again: a stale handle stays stale. */
static void free_slot(runar_link *link) {
  runar_queue_destroy(&link->to_js);
  runar_queue_destroy(&link->to_java);
  link->generation++;
  link->state = FREE;
}

/* Whether the bell is to be rung by `ring` once the lock is given back. */
static bool must_ring(runar_link *link) {
  if (link->asked || link->unheard >= MOST_RINGS)
    return false;
  link->asked = true;
  link->unheard++;
  link->ringing++;
  link->rings++;
  return true;
}

static void ring(runar_link *link) {
  link->bell(link->argument);
  os_lock(&link->lock);
  if (--link->ringing == 0)
    os_wake_all(&link->idle);
  os_unlock(&link->lock);
}

static void unlock_and_ring(runar_link *link, bool rings) {
  os_unlock(&link->lock);
  if (rings)
    ring(link);
}

/* With the lock of the link. */
static void tell_pump(runar_links *links, runar_link *link) {
  uint32_t slot = (uint32_t)(link - links->slots);
  os_lock(&links->lock);
  if (!link->ready) {
    link->ready = true;
    link->next_ready = NO_SLOT;
    if (links->last_ready == NO_SLOT) {
      links->first_ready = slot;
      os_wake_all(&links->something);
    } else {
      links->slots[links->last_ready].next_ready = slot;
    }
    links->last_ready = slot;
  }
  os_unlock(&links->lock);
}

static bool has_ended(runar_links *links) {
  os_lock(&links->lock);
  bool ended = links->ending.how != RUNAR_ALIVE;
  os_unlock(&links->lock);
  return ended;
}

/* ---- the loop ---- */

static runar_link *locked_free(runar_links *links) {
  for (size_t slot = 0; slot < RUNAR_MAX_LINKS; slot++) {
    runar_link *link = &links->slots[slot];
    os_lock(&link->lock);
    if (link->state == FREE && link->generation != 0)
      return link;
    os_unlock(&link->lock);
  }
  return NULL;
}

runar_status runar_links_open(runar_links *links, const void *owner, size_t max_bytes,
                              size_t reserved_bytes, runar_bell bell, void *argument,
                              runar_handle *handle) {
  runar_link *link = locked_free(links);
  if (link == NULL)
    return RUNAR_FULL;
  runar_queue_init(&link->to_js, max_bytes, reserved_bytes);
  runar_queue_init(&link->to_java, max_bytes, reserved_bytes);
  link->owner = owner;
  link->bell = bell;
  link->argument = argument;
  link->posts = true;
  link->sends = true;
  link->owes_room = false;
  link->asked = false;
  link->unheard = 0;
  link->rings = 0;
  link->state = OPEN;
  /* Asked after it is open: an end that comes now finds it and rings, an earlier one is seen. */
  runar_status status = RUNAR_OK;
  if (has_ended(links)) {
    free_slot(link);
    status = RUNAR_CLOSED;
  } else {
    *handle = handle_of(links, link);
  }
  os_unlock(&link->lock);
  return status;
}

runar_status runar_links_find(runar_links *links, const void *owner, runar_handle handle,
                              void **argument) {
  runar_link *link;
  *argument = NULL;
  runar_status status = locked_by(links, owner, handle, &link);
  if (status != RUNAR_OK)
    return status;
  *argument = link->argument;
  os_unlock(&link->lock);
  return RUNAR_OK;
}

runar_status runar_links_send(runar_links *links, const void *owner, runar_handle handle,
                              const void *bytes, size_t size, runar_class class) {
  runar_link *link;
  runar_status status = locked_by(links, owner, handle, &link);
  if (status != RUNAR_OK)
    return status;
  status = link->sends ? runar_queue_put(&link->to_java, bytes, size, class) : RUNAR_CLOSED;
  if (status == RUNAR_OK)
    tell_pump(links, link);
  os_unlock(&link->lock);
  return status;
}

runar_status runar_links_drain(runar_links *links, const void *owner, runar_handle handle,
                               size_t max_bytes, runar_batch *batch, bool *last) {
  memset(batch, 0, sizeof *batch);
  *last = false;
  runar_link *link;
  runar_status status = locked_by(links, owner, handle, &link);
  if (status != RUNAR_OK)
    return status;
  runar_queue_turn(&link->to_js);
  /* Not when the bell was heard: a runtime that calls back until no ring waits (Bun) would then be
  ** kept there by a flood (T16). Nor only after a ring: one that got lost keeps none back (T3). */
  link->asked = false;
  /* Java's end alone says too little: it is told to one link after the other. */
  *last = !link->posts && runar_queue_empty(&link->to_js);
  os_unlock(&link->lock);
  runar_queue_next(&link->to_js, max_bytes, batch);
  return RUNAR_OK;
}

void runar_links_drained(runar_links *links, runar_handle handle, const runar_batch *batch) {
  runar_link *link = locked(links, handle);
  if (link == NULL)
    return;
  if (runar_queue_release(&link->to_js, batch) && link->posts) {
    link->owes_room = true;
    tell_pump(links, link);
  }
  os_unlock(&link->lock);
}

void runar_links_heard(runar_links *links, runar_handle handle) {
  runar_link *link = locked(links, handle);
  if (link == NULL)
    return;
  if (link->unheard > 0)
    link->unheard--;
  os_unlock(&link->lock);
}

void runar_links_missed(runar_links *links, runar_handle handle) {
  runar_link *link = locked(links, handle);
  if (link == NULL)
    return;
  link->asked = false;
  os_unlock(&link->lock);
}

static void way_stats(const runar_queue *queue, runar_way_stats *stats) {
  stats->accepted = queue->accepted;
  stats->delivered = queue->released;
  stats->refused[0] = queue->refused[0];
  stats->refused[1] = queue->refused[1];
  stats->discarded = queue->discarded;
  stats->waiting_bytes =
      queue->used[0] + queue->used[1] - runar_queue_waiting(queue) * RUNAR_FRAME_COST;
}

runar_status runar_links_stats(runar_links *links, const void *owner, runar_handle handle,
                               runar_link_stats *stats) {
  runar_link *link;
  runar_status status = locked_by(links, owner, handle, &link);
  if (status != RUNAR_OK)
    return status;
  way_stats(&link->to_js, &stats->to_js);
  way_stats(&link->to_java, &stats->to_java);
  stats->rings = link->rings;
  os_unlock(&link->lock);
  return RUNAR_OK;
}

runar_status runar_links_close(runar_links *links, const void *owner, runar_handle handle,
                               size_t *undelivered) {
  runar_link *link;
  *undelivered = 0;
  runar_status status = locked_by(links, owner, handle, &link);
  if (status != RUNAR_OK)
    return status;
  link->state = CLOSING;
  while (link->ringing > 0)
    os_wait(&link->idle, &link->lock);
  *undelivered = runar_queue_discard(&link->to_js);
  /* Java knows of a link by its first frame, and only of such a link is it told the end. Its slot
  ** and its frames are then the pump's to free. */
  if (link->to_java.accepted == 0)
    free_slot(link);
  else
    tell_pump(links, link);
  os_unlock(&link->lock);
  return RUNAR_OK;
}

/* ---- Java ---- */

runar_status runar_links_admit(runar_links *links, runar_handle handle, size_t size,
                               runar_class class) {
  runar_link *link = locked(links, handle);
  if (link == NULL)
    return RUNAR_CLOSED;
  runar_status status = link->posts ? runar_queue_admit(&link->to_js, size, class) : RUNAR_CLOSED;
  os_unlock(&link->lock);
  return status;
}

runar_status runar_links_post(runar_links *links, runar_handle handle, const void *bytes,
                              size_t size, runar_class class) {
  runar_link *link = locked(links, handle);
  if (link == NULL)
    return RUNAR_CLOSED;
  runar_status status =
      link->posts ? runar_queue_put(&link->to_js, bytes, size, class) : RUNAR_CLOSED;
  unlock_and_ring(link, status == RUNAR_OK && must_ring(link));
  return status;
}

void runar_links_refused(runar_links *links, runar_handle handle, runar_class class) {
  runar_link *link = locked(links, handle);
  if (link == NULL)
    return;
  link->to_js.refused[class]++;
  os_unlock(&link->lock);
}

void runar_links_shut(runar_links *links, runar_handle handle) {
  runar_link *link = locked(links, handle);
  if (link == NULL)
    return;
  link->posts = false;
  link->sends = false;
  tell_pump(links, link);
  unlock_and_ring(link, must_ring(link));
}

/* ---- the pump ---- */

static runar_link *next_ready(runar_links *links) {
  os_lock(&links->lock);
  while (!links->stopped && links->first_ready == NO_SLOT)
    os_wait(&links->something, &links->lock);
  runar_link *link = NULL;
  if (!links->stopped) {
    link = &links->slots[links->first_ready];
    links->first_ready = link->next_ready;
    if (links->first_ready == NO_SLOT)
      links->last_ready = NO_SLOT;
    link->ready = false;
  }
  os_unlock(&links->lock);
  return link;
}

/* What to tell of one link, most urgent first: its end comes after all else. With its lock. */
static bool tells(runar_links *links, runar_link *link, runar_taken *taken) {
  taken->handle = handle_of(links, link);
  if (link->state == FREE)
    return false;
  if (!link->sends)
    runar_queue_discard(&link->to_java);
  runar_queue_turn(&link->to_java);
  if (runar_queue_next(&link->to_java, RUNAR_TAKE_BYTES, &taken->batch)) {
    taken->what = RUNAR_TAKE_FRAMES;
    return true;
  }
  if (link->state == CLOSING) {
    taken->what = RUNAR_TAKE_CLOSED;
    free_slot(link);
    return true;
  }
  taken->what = RUNAR_TAKE_ROOM;
  bool owed = link->owes_room;
  link->owes_room = false;
  return owed;
}

bool runar_links_take(runar_links *links, runar_taken *taken) {
  for (;;) {
    runar_link *link = next_ready(links);
    if (link == NULL)
      return false;
    memset(taken, 0, sizeof *taken);
    os_lock(&link->lock);
    bool told = tells(links, link, taken);
    os_unlock(&link->lock);
    if (told)
      return true;
  }
}

void runar_links_done(runar_links *links, const runar_taken *taken) {
  if (taken->what != RUNAR_TAKE_FRAMES)
    return;
  /* The slot is this link's still: only the pump frees one that has sent a frame. */
  runar_link *link = &links->slots[taken->handle & SLOT_MASK];
  os_lock(&link->lock);
  bool rings = runar_queue_release(&link->to_java, &taken->batch) && link->state == OPEN &&
               link->sends && must_ring(link);
  if (!runar_queue_empty(&link->to_java) || link->owes_room || link->state == CLOSING)
    tell_pump(links, link);
  unlock_and_ring(link, rings);
}

/* ---- the end ---- */

void runar_links_stop(runar_links *links) {
  os_lock(&links->lock);
  links->stopped = true;
  os_wake_all(&links->something);
  os_unlock(&links->lock);
}

static bool supersedes(runar_end next, runar_end current) {
  return current == RUNAR_ALIVE || (current == RUNAR_PUMP_DIED && next != RUNAR_PUMP_DIED);
}

void runar_links_end(runar_links *links, runar_end how, int code, const char *text) {
  os_lock(&links->lock);
  bool news = supersedes(how, links->ending.how);
  if (news) {
    links->ending.how = how;
    links->ending.code = code;
    snprintf(links->ending.text, sizeof links->ending.text, "%s", text);
  }
  os_unlock(&links->lock);
  if (!news)
    return;
  for (size_t slot = 0; slot < RUNAR_MAX_LINKS; slot++) {
    runar_link *link = &links->slots[slot];
    os_lock(&link->lock);
    bool rings = link->state == OPEN && how != RUNAR_STOPPED && must_ring(link);
    link->posts = false;
    link->sends = false;
    unlock_and_ring(link, rings);
  }
}

void runar_links_ending(runar_links *links, runar_ending *ending) {
  os_lock(&links->lock);
  *ending = links->ending;
  os_unlock(&links->lock);
}

uint64_t runar_links_waiting(runar_links *links) {
  uint64_t frames = 0;
  for (size_t slot = 0; slot < RUNAR_MAX_LINKS; slot++) {
    runar_link *link = &links->slots[slot];
    os_lock(&link->lock);
    if (link->state == OPEN)
      frames += runar_queue_waiting(&link->to_js) + runar_queue_waiting(&link->to_java);
    os_unlock(&link->lock);
  }
  return frames;
}

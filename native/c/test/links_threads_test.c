/* The links with threads: producers, a loop and the pump, all at once. */
#include "links_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

enum { PRODUCERS = 4, EVENTS = 5000 };

typedef struct flood {
  runar_links *links;
  bell bell;
  runar_handle handle;
  size_t max_bytes;
  atomic_ulong refused;
  os_mutex lock;
  os_cond room; /* of the producers, woken by the pump */
  unsigned rooms;
  atomic_uint closed_seen;
} flood;

typedef struct producer {
  flood *flood;
  uint32_t number;
  bool stops_when_closed;
} producer;

static void *produce(void *argument) {
  producer *producer = argument;
  flood *flood = producer->flood;
  for (uint32_t at = 0; at < EVENTS; at++) {
    uint32_t event[2] = {producer->number, at};
    os_lock(&flood->lock);
    unsigned seen = flood->rooms;
    os_unlock(&flood->lock);
    for (;;) {
      runar_status status =
          runar_links_post(flood->links, flood->handle, event, sizeof event, RUNAR_ORDINARY);
      if (status == RUNAR_OK)
        break;
      if (status == RUNAR_CLOSED && producer->stops_when_closed)
        return NULL;
      CHECK_EQ(status, RUNAR_FULL);
      atomic_fetch_add(&flood->refused, 1);
      os_lock(&flood->lock);
      while (flood->rooms == seen)
        os_wait(&flood->room, &flood->lock);
      seen = flood->rooms;
      os_unlock(&flood->lock);
    }
  }
  return NULL;
}

static void *pump(void *argument) {
  flood *flood = argument;
  runar_taken taken;
  while (runar_links_take(flood->links, &taken)) {
    if (taken.what == RUNAR_TAKE_CLOSED)
      atomic_fetch_add(&flood->closed_seen, 1);
    if (taken.what != RUNAR_TAKE_FRAMES) {
      os_lock(&flood->lock);
      flood->rooms++;
      os_wake_all(&flood->room);
      os_unlock(&flood->lock);
    }
    runar_links_done(flood->links, &taken);
  }
  return NULL;
}

static void flood_init(flood *flood, size_t max_bytes) {
  memset(flood, 0, sizeof *flood);
  flood->links = runar_links_create();
  flood->handle = open_link(flood->links, &flood->bell, max_bytes);
  os_mutex_init(&flood->lock);
  os_cond_init(&flood->room);
}

static void wait_for_ring(bell *bell, unsigned *heard) {
  os_lock(&bell->lock);
  while (bell->rings == *heard)
    os_wait(&bell->rung, &bell->lock);
  *heard = bell->rings;
  os_unlock(&bell->lock);
}

/* Every event once and in order of its producer, and nobody polls. */
static void floodThrough(size_t max_bytes, bool must_refuse) {
  flood flood;
  producer producers[PRODUCERS];
  pthread_t threads[PRODUCERS], pump_thread;
  uint32_t next[PRODUCERS] = {0};
  flood_init(&flood, max_bytes);
  pthread_create(&pump_thread, NULL, pump, &flood);
  for (uint32_t at = 0; at < PRODUCERS; at++) {
    producers[at] = (producer){&flood, at, false};
    pthread_create(&threads[at], NULL, produce, &producers[at]);
  }
  unsigned heard = 0;
  for (size_t total = 0; total < (size_t)PRODUCERS * EVENTS;) {
    wait_for_ring(&flood.bell, &heard);
    runar_links_heard(flood.links, flood.handle);
    runar_batch batch;
    bool last;
    for (;;) {
      runar_links_drain(flood.links, &OWNER, flood.handle, 512, &batch, &last);
      if (batch.frames == 0)
        break;
      for (size_t at = 0; at < batch.size; at += 8) {
        uint32_t event[2];
        memcpy(event, batch.bytes + at, sizeof event);
        CHECK_EQ(event[1], next[event[0]]);
        next[event[0]]++;
        total++;
      }
      runar_links_drained(flood.links, flood.handle, &batch);
    }
  }
  for (int at = 0; at < PRODUCERS; at++) {
    pthread_join(threads[at], NULL);
    CHECK_EQ(next[at], EVENTS);
  }
  CHECK_EQ(atomic_load(&flood.refused) > 0, must_refuse || atomic_load(&flood.refused) > 0);
  runar_links_stop(flood.links);
  pthread_join(pump_thread, NULL);
  runar_links_destroy(flood.links);
}

static void aFloodThroughALargeQueue(void) {
  floodThrough(8 << 20, false);
}

static void aFloodThroughASmallQueue(void) {
  floodThrough(4096, true);
}

static void aFloodThroughAQueueOfOneFrame(void) {
  floodThrough(8 + RUNAR_FRAME_COST, true);
}

/* The bell of a closed link is memory of nobody: a sanitizer sees a ring that comes too late. */
static void aLinkCanBeClosedUnderAFlood(void) {
  for (int round = 0; round < 20; round++) {
    flood flood;
    producer producers[PRODUCERS];
    pthread_t threads[PRODUCERS], pump_thread;
    size_t undelivered;
    flood_init(&flood, 4096);
    bell *bell_memory = malloc(sizeof *bell_memory);
    bell_init(bell_memory);
    runar_handle handle = 0;
    runar_links_open(flood.links, &OWNER, 4096, 4096, ring, bell_memory, &handle);
    flood.handle = handle;
    send_text(flood.links, handle, "hello");
    pthread_create(&pump_thread, NULL, pump, &flood);
    for (uint32_t at = 0; at < PRODUCERS; at++) {
      producers[at] = (producer){&flood, at, true};
      pthread_create(&threads[at], NULL, produce, &producers[at]);
    }
    unsigned heard = 0;
    wait_for_ring(bell_memory, &heard);
    runar_links_close(flood.links, &OWNER, handle, &undelivered);
    free(bell_memory);
    for (int at = 0; at < PRODUCERS; at++)
      pthread_join(threads[at], NULL);
    os_lock(&flood.lock);
    while (atomic_load(&flood.closed_seen) == 0)
      os_wait(&flood.room, &flood.lock);
    os_unlock(&flood.lock);
    runar_links_stop(flood.links);
    pthread_join(pump_thread, NULL);
    runar_links_destroy(flood.links);
  }
}

/* A bell that is rung until somebody else has begun to close its link. */
typedef struct slow_bell {
  runar_links *links;
  runar_handle handle;
  os_mutex lock;
  os_cond changed;
  bool closed;
  bool closed_while_it_rang;
} slow_bell;

static void ring_slowly(void *argument) {
  slow_bell *bell = argument;
  runar_link_stats stats;
  while (runar_links_stats(bell->links, &OWNER, bell->handle, &stats) != RUNAR_CLOSED)
    continue;
  /* A close that did not wait for this bell would end about now. */
  int64_t until = os_now_ms() + 100;
  os_lock(&bell->lock);
  while (!bell->closed && os_now_ms() < until)
    os_wait_until(&bell->changed, &bell->lock, until);
  bell->closed_while_it_rang = bell->closed;
  os_unlock(&bell->lock);
}

static void *post_once(void *argument) {
  slow_bell *bell = argument;
  post_text(bell->links, bell->handle, "a");
  return NULL;
}

static void aCloseWaitsForABellThatRings(void) {
  slow_bell bell = {.links = runar_links_create()};
  runar_link_stats stats;
  pthread_t poster;
  size_t undelivered;
  os_mutex_init(&bell.lock);
  os_cond_init(&bell.changed);
  runar_links_open(bell.links, &OWNER, 1000, 1000, ring_slowly, &bell, &bell.handle);
  pthread_create(&poster, NULL, post_once, &bell);
  do
    runar_links_stats(bell.links, &OWNER, bell.handle, &stats);
  while (stats.rings == 0);
  runar_links_close(bell.links, &OWNER, bell.handle, &undelivered);
  os_lock(&bell.lock);
  bell.closed = true;
  os_wake_all(&bell.changed);
  os_unlock(&bell.lock);
  pthread_join(poster, NULL);
  CHECK_EQ(bell.closed_while_it_rang, false);
  runar_links_destroy(bell.links);
}

int main(void) {
  RUN(aCloseWaitsForABellThatRings);
  RUN(aFloodThroughALargeQueue);
  RUN(aFloodThroughASmallQueue);
  RUN(aFloodThroughAQueueOfOneFrame);
  RUN(aLinkCanBeClosedUnderAFlood);
  return checks_end("links_threads_test");
}

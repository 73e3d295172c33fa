#include "../links.h"
#include "../os.h"
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* A loop that only counts its rings, or sleeps until one. */
typedef struct bell {
  os_mutex lock;
  os_cond rung;
  unsigned rings;
} bell;

static const int OWNER, OTHER;

static void ring(void *argument) {
  bell *bell = argument;
  os_lock(&bell->lock);
  bell->rings++;
  os_wake_all(&bell->rung);
  os_unlock(&bell->lock);
}

static void bell_init(bell *bell) {
  os_mutex_init(&bell->lock);
  os_cond_init(&bell->rung);
  bell->rings = 0;
}

static runar_handle open_link(runar_links *links, bell *bell, size_t max_bytes) {
  runar_handle handle = 0;
  bell_init(bell);
  CHECK_EQ(runar_links_open(links, &OWNER, max_bytes, max_bytes, ring, bell, &handle), RUNAR_OK);
  return handle;
}

static runar_status send_text(runar_links *links, runar_handle handle, const char *text) {
  return runar_links_send(links, &OWNER, handle, text, strlen(text), RUNAR_ORDINARY);
}

static runar_status post_text(runar_links *links, runar_handle handle, const char *text) {
  return runar_links_post(links, handle, text, strlen(text), RUNAR_ORDINARY);
}

static void takes(runar_links *links, runar_take what, runar_handle handle, const char *text) {
  runar_taken taken;
  CHECK_EQ(runar_links_take(links, &taken), true);
  CHECK_EQ(taken.what, what);
  CHECK_EQ(taken.handle, handle);
  if (what == RUNAR_TAKE_FRAMES)
    CHECK_BYTES(taken.batch.bytes, taken.batch.size, text);
  runar_links_done(links, &taken);
}

static void drains(runar_links *links, runar_handle handle, const char *text) {
  runar_batch batch;
  bool last;
  CHECK_EQ(runar_links_drain(links, &OWNER, handle, 1000, &batch, &last), RUNAR_OK);
  CHECK_BYTES(batch.frames == 0 ? (const unsigned char *)"" : batch.bytes, batch.size, text);
  runar_links_drained(links, handle, &batch);
}

static void whatIsSentIsTaken(void) {
  runar_links *links = runar_links_create();
  bell one, two;
  runar_handle first = open_link(links, &one, 1000), second = open_link(links, &two, 1000);
  CHECK_EQ(first, (runar_handle)1 << 16);
  CHECK_EQ(second, ((runar_handle)1 << 16) + 1);
  CHECK_EQ(send_text(links, first, "a"), RUNAR_OK);
  CHECK_EQ(send_text(links, second, "b"), RUNAR_OK);
  CHECK_EQ(send_text(links, first, "c"), RUNAR_OK);
  takes(links, RUNAR_TAKE_FRAMES, first, "ac");
  takes(links, RUNAR_TAKE_FRAMES, second, "b");
  runar_links_destroy(links);
}

static void aLoopThatFloodsWaitsForTheOthers(void) {
  runar_links *links = runar_links_create();
  bell one, two;
  static char large[RUNAR_TAKE_BYTES];
  runar_handle first = open_link(links, &one, RUNAR_MAX_BYTES);
  runar_handle second = open_link(links, &two, 1000);
  for (int at = 0; at < 3; at++)
    runar_links_send(links, &OWNER, first, large, sizeof large, RUNAR_ORDINARY);
  send_text(links, second, "b");
  runar_taken taken;
  runar_handle order[4];
  for (int at = 0; at < 4; at++) {
    runar_links_take(links, &taken);
    order[at] = taken.handle;
    runar_links_done(links, &taken);
  }
  CHECK_EQ(order[0], first);
  CHECK_EQ(order[1], second);
  CHECK_EQ(order[2], first);
  CHECK_EQ(order[3], first);
  runar_links_destroy(links);
}

static void whatIsPostedIsDrainedAfterOneRing(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_handle handle = open_link(links, &bell, 1000);
  CHECK_EQ(post_text(links, handle, "a"), RUNAR_OK);
  CHECK_EQ(post_text(links, handle, "b"), RUNAR_OK);
  CHECK_EQ(bell.rings, 1);
  runar_links_heard(links, handle);
  CHECK_EQ(post_text(links, handle, "c"), RUNAR_OK);
  CHECK_EQ(bell.rings, 1); /* it has been told, and has not come yet */
  drains(links, handle, "abc");
  CHECK_EQ(post_text(links, handle, "d"), RUNAR_OK);
  CHECK_EQ(bell.rings, 2);
  drains(links, handle, "d");
  drains(links, handle, "");
  runar_links_destroy(links);
}

static void aLostRingDoesNotKeepTheNextOneBack(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_handle handle = open_link(links, &bell, 1000);
  post_text(links, handle, "a");
  CHECK_EQ(bell.rings, 1); /* nobody hears it; a timer drains */
  drains(links, handle, "a");
  drains(links, handle, "");
  post_text(links, handle, "b");
  CHECK_EQ(bell.rings, 2);
  drains(links, handle, "b");
  drains(links, handle, "");
  post_text(links, handle, "c");
  CHECK_EQ(bell.rings, 2); /* two are on their way */
  runar_links_heard(links, handle);
  post_text(links, handle, "d");
  CHECK_EQ(bell.rings, 3);
  runar_links_destroy(links);
}

static void aLoopThatFailedIsRungAgain(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_handle handle = open_link(links, &bell, 1000);
  post_text(links, handle, "a");
  runar_links_heard(links, handle);
  runar_links_missed(links, handle); /* it threw before it drained */
  post_text(links, handle, "b");
  CHECK_EQ(bell.rings, 2);
  drains(links, handle, "ab");
  runar_links_destroy(links);
}

static void whatCouldNotBeCopiedIsCounted(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_link_stats stats;
  runar_handle handle = open_link(links, &bell, 1000);
  CHECK_EQ(runar_links_admit(links, handle, 10, RUNAR_RESERVED), RUNAR_OK);
  runar_links_refused(links, handle, RUNAR_RESERVED);
  runar_links_stats(links, &OWNER, handle, &stats);
  CHECK_EQ(stats.to_js.refused[RUNAR_ORDINARY], 0);
  CHECK_EQ(stats.to_js.refused[RUNAR_RESERVED], 1);
  runar_links_destroy(links);
}

static void whoWasRefusedIsToldOfRoom(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_handle handle = open_link(links, &bell, 1 + RUNAR_FRAME_COST);
  CHECK_EQ(send_text(links, handle, "a"), RUNAR_OK);
  CHECK_EQ(send_text(links, handle, "b"), RUNAR_FULL);
  CHECK_EQ(bell.rings, 0);
  takes(links, RUNAR_TAKE_FRAMES, handle, "a");
  CHECK_EQ(bell.rings, 1); /* the loop's room */
  runar_links_heard(links, handle);
  CHECK_EQ(post_text(links, handle, "x"), RUNAR_OK);
  CHECK_EQ(post_text(links, handle, "y"), RUNAR_FULL);
  drains(links, handle, "x");
  takes(links, RUNAR_TAKE_ROOM, handle, ""); /* Java's room */
  CHECK_EQ(post_text(links, handle, "too large"), RUNAR_TOO_LARGE);
  runar_links_destroy(links);
}

static void whatWasSentBeforeTheCloseStillReachesJava(void) {
  runar_links *links = runar_links_create();
  bell bell, next;
  size_t undelivered;
  runar_handle handle = open_link(links, &bell, 1000);
  send_text(links, handle, "bye");
  post_text(links, handle, "late");
  CHECK_EQ(runar_links_close(links, &OWNER, handle, &undelivered), RUNAR_OK);
  CHECK_EQ(undelivered, 1);
  CHECK_EQ(open_link(links, &next, 1000), handle + 1); /* the slot is not free yet */
  takes(links, RUNAR_TAKE_FRAMES, handle, "bye");
  takes(links, RUNAR_TAKE_CLOSED, handle, "");
  runar_handle reused = open_link(links, &next, 1000);
  CHECK_EQ(reused, handle + ((runar_handle)1 << 16));
  CHECK_EQ(post_text(links, handle, "x"), RUNAR_CLOSED);
  CHECK_EQ(post_text(links, reused, "x"), RUNAR_OK);
  runar_links_destroy(links);
}

static void aLinkThatJavaNeverKnewIsFreedAtOnce(void) {
  runar_links *links = runar_links_create();
  bell bell;
  size_t undelivered;
  for (int at = 0; at < 3 * RUNAR_MAX_LINKS; at++) {
    runar_handle handle = open_link(links, &bell, 1000);
    CHECK_EQ(runar_links_close(links, &OWNER, handle, &undelivered), RUNAR_OK);
    CHECK_EQ(runar_links_close(links, &OWNER, handle, &undelivered), RUNAR_CLOSED);
  }
  runar_links_destroy(links);
}

static void thereIsABoundOnLinks(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_handle handle;
  for (int at = 0; at < RUNAR_MAX_LINKS; at++)
    open_link(links, &bell, 1000);
  CHECK_EQ(runar_links_open(links, &OWNER, 9, 9, ring, &bell, &handle), RUNAR_FULL);
  runar_links_destroy(links);
}

static void everyFunctionAnswersAStaleHandle(void) {
  runar_links *links = runar_links_create();
  runar_handle stale[] = {0, 1, 1 << 16, RUNAR_MAX_LINKS, UINT64_MAX, (runar_handle)5 << 40};
  for (size_t at = 0; at < sizeof stale / sizeof *stale; at++) {
    runar_handle handle = stale[at];
    runar_batch batch;
    bool last;
    runar_link_stats stats;
    size_t undelivered;
    void *argument;
    CHECK_EQ(send_text(links, handle, "a"), RUNAR_CLOSED);
    CHECK_EQ(post_text(links, handle, "a"), RUNAR_CLOSED);
    CHECK_EQ(runar_links_admit(links, handle, 1, RUNAR_ORDINARY), RUNAR_CLOSED);
    CHECK_EQ(runar_links_drain(links, &OWNER, handle, 1, &batch, &last), RUNAR_CLOSED);
    CHECK_EQ(runar_links_stats(links, &OWNER, handle, &stats), RUNAR_CLOSED);
    CHECK_EQ(runar_links_find(links, &OWNER, handle, &argument), RUNAR_CLOSED);
    CHECK_EQ(runar_links_close(links, &OWNER, handle, &undelivered), RUNAR_CLOSED);
    runar_links_drained(links, handle, &batch);
    runar_links_heard(links, handle);
    runar_links_missed(links, handle);
    runar_links_refused(links, handle, RUNAR_ORDINARY);
    runar_links_shut(links, handle);
  }
  runar_links_destroy(links);
}

static void anotherOwnerIsRefused(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_batch batch;
  bool last;
  runar_link_stats stats;
  size_t undelivered;
  void *argument;
  runar_handle handle = open_link(links, &bell, 1000);
  CHECK_EQ(runar_links_send(links, &OTHER, handle, "a", 1, RUNAR_ORDINARY), RUNAR_WRONG_THREAD);
  CHECK_EQ(runar_links_drain(links, &OTHER, handle, 1, &batch, &last), RUNAR_WRONG_THREAD);
  CHECK_EQ(runar_links_stats(links, &OTHER, handle, &stats), RUNAR_WRONG_THREAD);
  CHECK_EQ(runar_links_find(links, &OTHER, handle, &argument), RUNAR_WRONG_THREAD);
  CHECK_EQ(runar_links_close(links, &OTHER, handle, &undelivered), RUNAR_WRONG_THREAD);
  CHECK_EQ(send_text(links, handle, "a"), RUNAR_OK);
  runar_links_destroy(links);
}

static void javaCanShutALink(void) {
  runar_links *links = runar_links_create();
  bell bell;
  runar_link_stats stats;
  runar_handle handle = open_link(links, &bell, 1000);
  send_text(links, handle, "known");
  takes(links, RUNAR_TAKE_FRAMES, handle, "known");
  send_text(links, handle, "unwanted");
  post_text(links, handle, "last");
  runar_links_shut(links, handle);
  CHECK_EQ(send_text(links, handle, "a"), RUNAR_CLOSED);
  CHECK_EQ(post_text(links, handle, "a"), RUNAR_CLOSED);
  drains(links, handle, "last");
  runar_links_stop(links);
  runar_taken taken;
  CHECK_EQ(runar_links_take(links, &taken), false);
  CHECK_EQ(runar_links_stats(links, &OWNER, handle, &stats), RUNAR_OK);
  CHECK_EQ(stats.to_js.delivered, 1);
  runar_links_destroy(links);
}

static void theEndRefusesAllAndRingsOnce(void) {
  runar_links *links = runar_links_create();
  bell one, two;
  runar_ending ending;
  runar_handle first = open_link(links, &one, 1000), second = open_link(links, &two, 1000);
  runar_handle third;
  post_text(links, first, "before");
  runar_links_end(links, RUNAR_PUMP_DIED, 0, "of hunger");
  CHECK_EQ(one.rings, 1);
  CHECK_EQ(two.rings, 1);
  CHECK_EQ(send_text(links, first, "a"), RUNAR_CLOSED);
  CHECK_EQ(post_text(links, second, "a"), RUNAR_CLOSED);
  CHECK_EQ(runar_links_open(links, &OWNER, 9, 9, ring, &one, &third), RUNAR_CLOSED);
  CHECK_EQ(runar_links_waiting(links), 1);
  drains(links, first, "before");
  runar_links_ending(links, &ending);
  CHECK_EQ(ending.how, RUNAR_PUMP_DIED);
  CHECK_BYTES(ending.text, strlen(ending.text), "of hunger");
  runar_links_end(links, RUNAR_EXITED, 5, "");
  runar_links_end(links, RUNAR_STOPPED, 6, "");
  runar_links_ending(links, &ending);
  CHECK_EQ(ending.how, RUNAR_EXITED);
  CHECK_EQ(ending.code, 5);
  runar_links_destroy(links);
}

/* A bell that is rung at the end, and finds another link that was not told of it yet. */
typedef struct late_post {
  runar_links *links;
  runar_handle other;
  runar_status posted;
  bool last_before, last_after;
} late_post;

static void post_at_the_end(void *argument) {
  late_post *late = argument;
  runar_batch batch;
  runar_links_drain(late->links, &OWNER, late->other, 1000, &batch, &late->last_before);
  late->posted = post_text(late->links, late->other, "late");
}

static void theEndOfALinkComesAfterItsLastFrame(void) {
  late_post late = {.links = runar_links_create()};
  bell bell;
  runar_handle first;
  runar_batch batch;
  runar_links_open(late.links, &OWNER, 1000, 1000, post_at_the_end, &late, &first);
  late.other = open_link(late.links, &bell, 1000);
  runar_links_end(late.links, RUNAR_PUMP_DIED, 0, "of hunger");
  CHECK_EQ(late.posted, RUNAR_OK);
  CHECK_EQ(late.last_before, false);
  runar_links_drain(late.links, &OWNER, late.other, 1000, &batch, &late.last_after);
  CHECK_EQ(batch.frames, 1);
  CHECK_EQ(late.last_after, false);
  runar_links_drained(late.links, late.other, &batch);
  runar_links_drain(late.links, &OWNER, late.other, 1000, &batch, &late.last_after);
  CHECK_EQ(batch.frames, 0);
  CHECK_EQ(late.last_after, true);
  runar_links_destroy(late.links);
}

/* ---- threads: producers, a loop and the pump, all at once ---- */

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
  RUN(whatIsSentIsTaken);
  RUN(aLoopThatFloodsWaitsForTheOthers);
  RUN(whatIsPostedIsDrainedAfterOneRing);
  RUN(aLostRingDoesNotKeepTheNextOneBack);
  RUN(aLoopThatFailedIsRungAgain);
  RUN(whatCouldNotBeCopiedIsCounted);
  RUN(whoWasRefusedIsToldOfRoom);
  RUN(whatWasSentBeforeTheCloseStillReachesJava);
  RUN(aLinkThatJavaNeverKnewIsFreedAtOnce);
  RUN(thereIsABoundOnLinks);
  RUN(everyFunctionAnswersAStaleHandle);
  RUN(anotherOwnerIsRefused);
  RUN(javaCanShutALink);
  RUN(theEndRefusesAllAndRingsOnce);
  RUN(theEndOfALinkComesAfterItsLastFrame);
  RUN(aFloodThroughALargeQueue);
  RUN(aFloodThroughASmallQueue);
  RUN(aFloodThroughAQueueOfOneFrame);
  RUN(aLinkCanBeClosedUnderAFlood);
  return checks_end("links_test");
}

#include "links_fixture.h"

static const int OTHER;

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

int main(void) {
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
  return checks_end("links_test");
}

#include "../queue.h"
#include "check.h"

#include <string.h>

static runar_status put(runar_queue *queue, const char *text, runar_class class) {
  return runar_queue_put(queue, text, strlen(text), class);
}

/* Takes what `next` gives and checks it. */
static void take(runar_queue *queue, size_t max_bytes, const char *expected, size_t frames) {
  runar_batch batch;
  runar_queue_turn(queue);
  CHECK_EQ(runar_queue_next(queue, max_bytes, &batch), frames > 0);
  CHECK_EQ(batch.frames, frames);
  CHECK_BYTES(batch.frames == 0 ? (const unsigned char *)"" : batch.bytes, batch.size, expected);
  runar_queue_release(queue, &batch);
}

static void framesComeOutInOrder(void) {
  runar_queue queue;
  runar_queue_init(&queue, 1000, 1000);
  CHECK_EQ(put(&queue, "one", RUNAR_ORDINARY), RUNAR_OK);
  CHECK_EQ(put(&queue, "two", RUNAR_RESERVED), RUNAR_OK);
  CHECK_EQ(put(&queue, "three", RUNAR_ORDINARY), RUNAR_OK);
  take(&queue, 100, "onetwothree", 3);
  take(&queue, 100, "", 0);
  CHECK_EQ(put(&queue, "four", RUNAR_ORDINARY), RUNAR_OK);
  take(&queue, 100, "four", 1);
  CHECK_EQ(queue.accepted, 4);
  CHECK_EQ(queue.released, 4);
  runar_queue_destroy(&queue);
}

static void aBatchHasWholeFramesOnly(void) {
  runar_queue queue;
  runar_queue_init(&queue, 1000, 0);
  put(&queue, "aaaa", RUNAR_ORDINARY);
  put(&queue, "bbbb", RUNAR_ORDINARY);
  put(&queue, "cccc", RUNAR_ORDINARY);
  take(&queue, 7, "aaaa", 1);
  take(&queue, 8, "bbbbcccc", 2);
  put(&queue, "larger than asked", RUNAR_ORDINARY);
  put(&queue, "next", RUNAR_ORDINARY);
  take(&queue, 1, "larger than asked", 1);
  take(&queue, 1, "next", 1);
  runar_queue_destroy(&queue);
}

static void framesPutWhileABatchIsHeldComeAfterIt(void) {
  runar_queue queue;
  runar_batch batch;
  runar_queue_init(&queue, 1000, 0);
  put(&queue, "aa", RUNAR_ORDINARY);
  put(&queue, "bb", RUNAR_ORDINARY);
  runar_queue_turn(&queue);
  runar_queue_next(&queue, 2, &batch);
  put(&queue, "cc", RUNAR_ORDINARY);
  CHECK_BYTES(batch.bytes, batch.size, "aa");
  runar_queue_release(&queue, &batch);
  take(&queue, 100, "bb", 1);
  take(&queue, 100, "cc", 1);
  runar_queue_destroy(&queue);
}

static void aBatchNotReleasedIsGivenAgain(void) {
  runar_queue queue;
  runar_batch first, again;
  runar_queue_init(&queue, 1000, 0);
  put(&queue, "aa", RUNAR_ORDINARY);
  runar_queue_turn(&queue);
  runar_queue_next(&queue, 100, &first);
  runar_queue_turn(&queue);
  runar_queue_next(&queue, 100, &again);
  CHECK_BYTES(again.bytes, again.size, "aa");
  CHECK_EQ(first.bytes == again.bytes, true);
  runar_queue_destroy(&queue);
}

static void aFullQueueRefusesAndSaysSo(void) {
  runar_queue queue;
  runar_batch batch;
  runar_queue_init(&queue, 2 * (4 + RUNAR_FRAME_COST), 0);
  CHECK_EQ(put(&queue, "aaaa", RUNAR_ORDINARY), RUNAR_OK);
  CHECK_EQ(put(&queue, "bbbb", RUNAR_ORDINARY), RUNAR_OK);
  CHECK_EQ(put(&queue, "", RUNAR_ORDINARY), RUNAR_FULL);
  CHECK_EQ(put(&queue, "cccc", RUNAR_ORDINARY), RUNAR_FULL);
  CHECK_EQ(queue.refused[RUNAR_ORDINARY], 2);
  runar_queue_turn(&queue);
  runar_queue_next(&queue, 4, &batch);
  CHECK_EQ(runar_queue_release(&queue, &batch), false); /* not empty yet */
  CHECK_EQ(put(&queue, "dddd", RUNAR_ORDINARY), RUNAR_OK);
  take(&queue, 4, "bbbb", 1);
  runar_queue_turn(&queue);
  runar_queue_next(&queue, 4, &batch);
  CHECK_EQ(runar_queue_release(&queue, &batch), true); /* empty, and somebody was refused */
  CHECK_EQ(put(&queue, "eeee", RUNAR_ORDINARY), RUNAR_OK);
  runar_queue_turn(&queue);
  runar_queue_next(&queue, 4, &batch);
  CHECK_EQ(runar_queue_release(&queue, &batch), false); /* nobody was since */
  runar_queue_destroy(&queue);
}

static void aFrameThatNeverFitsIsToldApart(void) {
  runar_queue queue;
  runar_queue_init(&queue, 4 + RUNAR_FRAME_COST, RUNAR_FRAME_COST - 1);
  CHECK_EQ(put(&queue, "aaaaa", RUNAR_ORDINARY), RUNAR_TOO_LARGE);
  CHECK_EQ(put(&queue, "aaaa", RUNAR_ORDINARY), RUNAR_OK);
  CHECK_EQ(put(&queue, "aaaaa", RUNAR_ORDINARY), RUNAR_TOO_LARGE);
  CHECK_EQ(put(&queue, "", RUNAR_RESERVED), RUNAR_TOO_LARGE);
  CHECK_EQ(runar_queue_admit(&queue, SIZE_MAX, RUNAR_ORDINARY), RUNAR_TOO_LARGE);
  CHECK_EQ(queue.refused[RUNAR_ORDINARY], 3);
  CHECK_EQ(queue.refused[RUNAR_RESERVED], 1);
  runar_queue_destroy(&queue);
}

static void reservedFramesHaveRoomOfTheirOwn(void) {
  runar_queue queue;
  runar_queue_init(&queue, 4 + RUNAR_FRAME_COST, 4 + RUNAR_FRAME_COST);
  CHECK_EQ(put(&queue, "aaaa", RUNAR_ORDINARY), RUNAR_OK);
  CHECK_EQ(put(&queue, "bbbb", RUNAR_ORDINARY), RUNAR_FULL);
  CHECK_EQ(put(&queue, "rrrr", RUNAR_RESERVED), RUNAR_OK);
  CHECK_EQ(put(&queue, "ssss", RUNAR_RESERVED), RUNAR_FULL);
  CHECK_EQ(queue.refused[RUNAR_ORDINARY], 1);
  CHECK_EQ(queue.refused[RUNAR_RESERVED], 1);
  take(&queue, 100, "aaaarrrr", 2);
  CHECK_EQ(runar_queue_empty(&queue), true);
  runar_queue_destroy(&queue);
}

static void emptyFramesAreBoundedToo(void) {
  runar_queue queue;
  runar_batch batch;
  runar_queue_init(&queue, 10 * RUNAR_FRAME_COST, 0);
  int accepted = 0;
  while (put(&queue, "", RUNAR_ORDINARY) == RUNAR_OK)
    accepted++;
  CHECK_EQ(accepted, 10);
  runar_queue_turn(&queue);
  CHECK_EQ(runar_queue_next(&queue, 100, &batch), true);
  CHECK_EQ(batch.frames, 10);
  CHECK_EQ(batch.size, 0);
  runar_queue_release(&queue, &batch);
  CHECK_EQ(runar_queue_empty(&queue), true);
  runar_queue_destroy(&queue);
}

static void memoryIsGivenBackAfterAFlood(void) {
  runar_queue queue;
  static char large[100 * 1024];
  runar_queue_init(&queue, 8 << 20, 0);
  for (int at = 0; at < 50; at++)
    CHECK_EQ(runar_queue_put(&queue, large, sizeof large, RUNAR_ORDINARY), RUNAR_OK);
  runar_batch batch;
  runar_queue_turn(&queue);
  while (runar_queue_next(&queue, 1 << 20, &batch))
    runar_queue_release(&queue, &batch);
  CHECK_EQ(queue.in.byte_room + queue.out.byte_room, 0);
  runar_queue_destroy(&queue);
}

static void whatIsDiscardedIsCounted(void) {
  runar_queue queue;
  runar_batch batch;
  runar_queue_init(&queue, 1000, 0);
  put(&queue, "aa", RUNAR_ORDINARY);
  put(&queue, "bb", RUNAR_ORDINARY);
  runar_queue_turn(&queue);
  runar_queue_next(&queue, 2, &batch);
  runar_queue_release(&queue, &batch);
  put(&queue, "cc", RUNAR_ORDINARY);
  CHECK_EQ(runar_queue_waiting(&queue), 2);
  CHECK_EQ(runar_queue_discard(&queue), 2);
  CHECK_EQ(queue.discarded, 2);
  CHECK_EQ(queue.released, 1);
  CHECK_EQ(runar_queue_waiting(&queue), 0);
  CHECK_EQ(put(&queue, "dd", RUNAR_ORDINARY), RUNAR_OK);
  take(&queue, 100, "dd", 1);
  runar_queue_destroy(&queue);
}

/* A plain list of sizes as the model; sizes and steps come from a fixed sequence. */
static void aLongRandomRunAgreesWithAModel(void) {
  enum { LIMIT = 4096, STEPS = 200000 };
  static unsigned char bytes[LIMIT];
  static size_t model[LIMIT];
  size_t head = 0, tail = 0, used = 0;
  uint64_t seed = 42, put_next = 0, taken_next = 0;
  runar_queue queue;
  runar_queue_init(&queue, LIMIT, 0);
  for (int step = 0; step < STEPS; step++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    size_t size = (size_t)(seed >> 33) % 300 + 1;
    if ((seed >> 60) % 2 == 0) {
      memset(bytes, (int)(put_next & 0xff), size);
      bool fits = used + size + RUNAR_FRAME_COST <= LIMIT;
      CHECK_EQ(runar_queue_put(&queue, bytes, size, RUNAR_ORDINARY), fits ? RUNAR_OK : RUNAR_FULL);
      if (fits) {
        model[tail++ % LIMIT] = size;
        used += size + RUNAR_FRAME_COST;
        put_next++;
      }
    } else {
      runar_batch batch;
      runar_queue_turn(&queue);
      runar_queue_next(&queue, size * 3, &batch);
      const unsigned char *at = batch.bytes;
      for (size_t frame = 0; frame < batch.frames; frame++) {
        size_t expected = model[head++ % LIMIT];
        CHECK_EQ(at[0], taken_next & 0xff);
        CHECK_EQ(at[expected - 1], taken_next & 0xff);
        at += expected;
        used -= expected + RUNAR_FRAME_COST;
        taken_next++;
      }
      CHECK_EQ((size_t)(at - batch.bytes), batch.size);
      runar_queue_release(&queue, &batch);
    }
  }
  CHECK_EQ(queue.used[0], used);
  runar_queue_destroy(&queue);
}

int main(void) {
  RUN(framesComeOutInOrder);
  RUN(aBatchHasWholeFramesOnly);
  RUN(framesPutWhileABatchIsHeldComeAfterIt);
  RUN(aBatchNotReleasedIsGivenAgain);
  RUN(aFullQueueRefusesAndSaysSo);
  RUN(aFrameThatNeverFitsIsToldApart);
  RUN(reservedFramesHaveRoomOfTheirOwn);
  RUN(emptyFramesAreBoundedToo);
  RUN(memoryIsGivenBackAfterAFlood);
  RUN(whatIsDiscardedIsCounted);
  RUN(aLongRandomRunAgreesWithAModel);
  return checks_end("queue_test");
}

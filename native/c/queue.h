/* One bounded queue of frames: bytes in, whole frames out in the same order. It knows no thread, no
** JavaScript and no Java: who owns one says with a lock what runs beside what.
**
** Two parties use it. Producers put frames, the one consumer takes batches. A function marked
** [lock] is called with the lock that the owner of the queue has for it; one marked [consumer] by
** the consumer alone, with or without that lock. A batch lies in memory that only the consumer
** touches, so it is copied with no lock held, however large it is. */
#ifndef RUNAR_QUEUE_H
#define RUNAR_QUEUE_H

#include "runar_native.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames end to end, with their sizes. */
typedef struct runar_frames {
  unsigned char *bytes;
  size_t byte_count;
  size_t byte_room;
  uint32_t *sizes; /* the highest bit says that the frame is a reserved one */
  size_t count;
  size_t room;
} runar_frames;

typedef struct runar_queue {
  /* [lock] */
  size_t limit[2]; /* by class: the most that `used` may be */
  size_t used[2];  /* what frames cost that were put and not yet released */
  runar_frames in;
  uint64_t accepted;
  uint64_t released;
  uint64_t refused[2];
  uint64_t discarded;
  bool owes_room; /* somebody was refused since the queue was last empty */

  /* [consumer], and changed only with the lock as well */
  runar_frames out;
  size_t taken_bytes; /* of `out`, from its start */
  size_t taken_frames;
} runar_queue;

/* Whole frames, end to end; valid until they are released. */
typedef struct runar_batch {
  const unsigned char *bytes;
  size_t size;
  size_t frames;
  size_t cost[2];
} runar_batch;

/* Nothing is allocated before the first frame. */
void runar_queue_init(runar_queue *queue, size_t max_bytes, size_t reserved_bytes);

/* Frees the memory; what is still in there is gone. [lock, consumer] */
void runar_queue_destroy(runar_queue *queue);

/* What `put` would answer, and a refusal counts like one of `put`. Memory may lack all the same.
** [lock] */
runar_status runar_queue_admit(runar_queue *queue, size_t size, runar_class class);

/* Copies a frame to the end. RUNAR_OK, RUNAR_FULL, RUNAR_TOO_LARGE or RUNAR_NO_MEMORY. [lock] */
runar_status runar_queue_put(runar_queue *queue, const void *bytes, size_t size, runar_class class);

/* Makes frames that were put reachable for `next`. [lock, consumer] */
void runar_queue_turn(runar_queue *queue);

/* The next frames, at least one if there is any and no more than `max_bytes` unless the first alone
** is larger. Changes nothing: a consumer that cannot take the batch asks again. [consumer] */
bool runar_queue_next(const runar_queue *queue, size_t max_bytes, runar_batch *batch);

/* Gives the room of a batch back. Whether the queue is empty now and somebody who was refused is to
** be told: true once for each time it was owed. [lock, consumer] */
bool runar_queue_release(runar_queue *queue, const runar_batch *batch);

/* Whether every frame that was put was released. [lock] */
bool runar_queue_empty(const runar_queue *queue);

/* How many frames were put and neither released nor dropped. [lock] */
uint64_t runar_queue_waiting(const runar_queue *queue);

/* Drops what was put and not released, counts it and returns how many frames. [lock, consumer] */
size_t runar_queue_discard(runar_queue *queue);

#endif

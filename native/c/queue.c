#include "queue.h"

#include <stdlib.h>
#include <string.h>

#define RESERVED_BIT 0x80000000u
/* A buffer up to this size is kept for the next frames, a larger one is given back when empty. */
#define KEPT_BYTES ((size_t)64 * 1024)
#define FIRST_BYTES ((size_t)4096)
#define FIRST_FRAMES ((size_t)64)

static size_t size_of(uint32_t entry) {
  return entry & ~RESERVED_BIT;
}

static runar_class class_of(uint32_t entry) {
  return (entry & RESERVED_BIT) != 0 ? RUNAR_RESERVED : RUNAR_ORDINARY;
}

static void frames_free(runar_frames *frames) {
  free(frames->bytes);
  free(frames->sizes);
  memset(frames, 0, sizeof *frames);
}

static void frames_clear(runar_frames *frames) {
  if (frames->byte_room > KEPT_BYTES || frames->room * sizeof *frames->sizes > KEPT_BYTES) {
    frames_free(frames);
  } else {
    frames->byte_count = 0;
    frames->count = 0;
  }
}

/* Doubles, so that a frame is copied a constant number of times; never past `most`. */
static size_t grown(size_t room, size_t first, size_t needed, size_t most) {
  size_t next = room == 0 ? first : room;
  while (next < needed)
    next *= 2;
  return next > most && most >= needed ? most : next;
}

static bool frames_reserve(runar_frames *frames, size_t size, size_t most) {
  size_t bytes = frames->byte_count + size;
  if (bytes > frames->byte_room) {
    size_t room = grown(frames->byte_room, FIRST_BYTES, bytes, most);
    unsigned char *moved = realloc(frames->bytes, room);
    if (moved == NULL)
      return false;
    frames->bytes = moved;
    frames->byte_room = room;
  }
  if (frames->count == frames->room) {
    size_t room = grown(frames->room, FIRST_FRAMES, frames->count + 1, most);
    uint32_t *moved = realloc(frames->sizes, room * sizeof *moved);
    if (moved == NULL)
      return false;
    frames->sizes = moved;
    frames->room = room;
  }
  return true;
}

void runar_queue_init(runar_queue *queue, size_t max_bytes, size_t reserved_bytes) {
  memset(queue, 0, sizeof *queue);
  queue->limit[RUNAR_ORDINARY] = max_bytes;
  queue->limit[RUNAR_RESERVED] = reserved_bytes;
}

void runar_queue_destroy(runar_queue *queue) {
  frames_free(&queue->in);
  frames_free(&queue->out);
}

runar_status runar_queue_admit(runar_queue *queue, size_t size, runar_class class) {
  size_t limit = queue->limit[class];
  runar_status status = RUNAR_OK;
  if (limit < RUNAR_FRAME_COST || size > limit - RUNAR_FRAME_COST)
    status = RUNAR_TOO_LARGE;
  else if (size + RUNAR_FRAME_COST > limit - queue->used[class])
    status = RUNAR_FULL;
  if (status != RUNAR_OK)
    queue->refused[class]++;
  if (status == RUNAR_FULL)
    queue->owes_room = true;
  return status;
}

runar_status runar_queue_put(runar_queue *queue, const void *bytes, size_t size,
                             runar_class class) {
  runar_status status = runar_queue_admit(queue, size, class);
  if (status != RUNAR_OK)
    return status;
  runar_frames *in = &queue->in;
  if (!frames_reserve(in, size, queue->limit[0] + queue->limit[1])) {
    queue->refused[class]++;
    return RUNAR_NO_MEMORY;
  }
  if (size > 0)
    memcpy(in->bytes + in->byte_count, bytes, size);
  in->byte_count += size;
  in->sizes[in->count++] = (uint32_t)size | (class == RUNAR_RESERVED ? RESERVED_BIT : 0);
  queue->used[class] += size + RUNAR_FRAME_COST;
  queue->accepted++;
  return RUNAR_OK;
}

void runar_queue_turn(runar_queue *queue) {
  if (queue->taken_frames < queue->out.count)
    return;
  frames_clear(&queue->out);
  runar_frames empty = queue->out;
  queue->out = queue->in;
  queue->in = empty;
  queue->taken_bytes = 0;
  queue->taken_frames = 0;
}

bool runar_queue_next(const runar_queue *queue, size_t max_bytes, runar_batch *batch) {
  const runar_frames *out = &queue->out;
  memset(batch, 0, sizeof *batch);
  for (size_t at = queue->taken_frames; at < out->count; at++) {
    size_t size = size_of(out->sizes[at]);
    if (batch->frames > 0 && (batch->size >= max_bytes || size > max_bytes - batch->size))
      break;
    batch->size += size;
    batch->frames++;
    batch->cost[class_of(out->sizes[at])] += size + RUNAR_FRAME_COST;
  }
  if (batch->frames > 0 && out->bytes != NULL)
    batch->bytes = out->bytes + queue->taken_bytes;
  return batch->frames > 0;
}

bool runar_queue_release(runar_queue *queue, const runar_batch *batch) {
  queue->taken_bytes += batch->size;
  queue->taken_frames += batch->frames;
  queue->used[0] -= batch->cost[0];
  queue->used[1] -= batch->cost[1];
  queue->released += batch->frames;
  if (queue->taken_frames == queue->out.count) {
    frames_clear(&queue->out);
    queue->taken_bytes = 0;
    queue->taken_frames = 0;
  }
  if (!queue->owes_room || !runar_queue_empty(queue))
    return false;
  queue->owes_room = false;
  return true;
}

bool runar_queue_empty(const runar_queue *queue) {
  return queue->used[0] + queue->used[1] == 0;
}

uint64_t runar_queue_waiting(const runar_queue *queue) {
  return queue->accepted - queue->released - queue->discarded;
}

size_t runar_queue_discard(runar_queue *queue) {
  size_t frames = (size_t)runar_queue_waiting(queue);
  queue->discarded += frames;
  queue->used[0] = 0;
  queue->used[1] = 0;
  queue->owes_room = false;
  queue->taken_bytes = 0;
  queue->taken_frames = 0;
  frames_free(&queue->in);
  frames_free(&queue->out);
  return frames;
}

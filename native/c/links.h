/* The table of links of a process. A link joins one environment of JavaScript (the main thread of
** the program, or a worker) to the one Java machine by two queues, one each way. Knows neither
** Node-API nor JNI: its tests run it with plain threads.
**
** Three parties call, each its own functions below: the loop that has opened a link, any Java
** thread that posts, and the pump, the one Java thread that takes what every loop has sent. No
** function calls Java or JavaScript, and none but `take` and `close` waits. `close` waits only for
** a bell that is ringing on another thread, never for Java (T11).
**
** Locks: one of each link, one of the table for the list of links that wait for the pump. A thread
** that has both took the one of the link first. */
#ifndef RUNAR_LINKS_H
#define RUNAR_LINKS_H

#include "queue.h"

/* Asks the loop of a link to come and drain. Any thread, with no lock of the table held; must not
** wait. */
typedef void (*runar_bell)(void *argument);

/* Why there is no Java to talk to any more. */
typedef enum {
  RUNAR_ALIVE,
  RUNAR_PUMP_DIED, /* `text` says of what */
  RUNAR_EXITED,    /* Java ended its machine with `code` */
  RUNAR_STOPPED    /* this process ends its machine */
} runar_end;

typedef struct runar_ending {
  runar_end how;
  int code;
  char text[RUNAR_MESSAGE_BYTES];
} runar_ending;

/* What the pump is told. */
typedef struct runar_taken {
  runar_take what;
  runar_handle handle;
  runar_batch batch; /* of RUNAR_TAKE_FRAMES */
} runar_taken;

typedef struct runar_way_stats {
  uint64_t accepted;
  uint64_t delivered;
  uint64_t refused[2]; /* by class */
  uint64_t discarded;
  uint64_t waiting_bytes;
} runar_way_stats;

typedef struct runar_link_stats {
  runar_way_stats to_js;
  runar_way_stats to_java;
  uint64_t rings;
} runar_link_stats;

typedef struct runar_links runar_links;

/* NULL: no memory. Only tests destroy one, when no other thread uses it any more. */
runar_links *runar_links_create(void);
void runar_links_destroy(runar_links *links);

/* ---- the loop that has opened a link; another `owner` is answered RUNAR_WRONG_THREAD ---- */

/* RUNAR_OK, RUNAR_FULL: every slot is taken, RUNAR_CLOSED: there is no Java any more. */
runar_status runar_links_open(runar_links *links, const void *owner, size_t max_bytes,
                              size_t reserved_bytes, runar_bell bell, void *argument,
                              runar_handle *handle);

/* What the bell of a link is called with. */
runar_status runar_links_find(runar_links *links, const void *owner, runar_handle handle,
                              void **argument);

runar_status runar_links_send(runar_links *links, const void *owner, runar_handle handle,
                              const void *bytes, size_t size, runar_class class);

/* The next frames that Java has posted; RUNAR_OK with a batch of no frames if there are none. The
** batch is valid until `drained`, which a loop that could take it calls. `last`: none is waiting,
** and none will come. */
runar_status runar_links_drain(runar_links *links, const void *owner, runar_handle handle,
                               size_t max_bytes, runar_batch *batch, bool *last);
void runar_links_drained(runar_links *links, runar_handle handle, const runar_batch *batch);

/* The loop has heard the bell. The next post rings again once the loop has drained. */
void runar_links_heard(runar_links *links, runar_handle handle);

/* The loop has failed as it heard the bell, perhaps before it drained: the next post rings again. */
void runar_links_missed(runar_links *links, runar_handle handle);

runar_status runar_links_stats(runar_links *links, const void *owner, runar_handle handle,
                               runar_link_stats *stats);

/* The handle is stale from now on and the bell never rings again. What was sent before still
** reaches Java. `undelivered`: how many frames from Java are dropped. */
runar_status runar_links_close(runar_links *links, const void *owner, runar_handle handle,
                               size_t *undelivered);

/* ---- any Java thread ---- */

/* Refuses as `post` would, before the bytes are copied out of Java's heap. */
runar_status runar_links_admit(runar_links *links, runar_handle handle, size_t size,
                               runar_class class);
runar_status runar_links_post(runar_links *links, runar_handle handle, const void *bytes,
                              size_t size, runar_class class);

/* Counts a frame that `admit` has let through and that could not be copied. */
void runar_links_refused(runar_links *links, runar_handle handle, runar_class class);

/* Java wants no more frames of this link and posts none. What it has posted is still drained. */
void runar_links_shut(runar_links *links, runar_handle handle);

/* ---- the pump ---- */

/* Waits for something to tell. False: `stop` was called. A batch is valid until `done`. */
bool runar_links_take(runar_links *links, runar_taken *taken);
void runar_links_done(runar_links *links, const runar_taken *taken);

/* ---- the end, any thread ---- */

/* `take` answers false, now and for ever. */
void runar_links_stop(runar_links *links);

/* Refuses every frame from now on and rings at every link. What came first stays, but that a
** machine whose pump died may still exit or be stopped. */
void runar_links_end(runar_links *links, runar_end how, int code, const char *text);
void runar_links_ending(runar_links *links, runar_ending *ending);

/* How many frames wait in all open links, both ways. */
uint64_t runar_links_waiting(runar_links *links);

#endif

/* The one Java machine of the process: made once, on a thread of its own, and ended once. Knows JNI
** and the table of links, and no JavaScript. Functions: any thread, unless they say otherwise. */
#ifndef RUNAR_JVM_H
#define RUNAR_JVM_H

#include "links.h"
#include "machine.h"

/* Somebody who waits for the boot. Belongs to the caller, who keeps it until `done` was called or
** `runar_jvm_forget` has returned. */
typedef struct runar_waiter {
  /* On the thread that boots, at most once; must not wait and must not call this header. */
  void (*done)(struct runar_waiter *waiter);
  /* The answer: NULL, or the code of an error and its message. */
  const char *code;
  char message[RUNAR_MESSAGE_BYTES];
  struct runar_waiter *next;
} runar_waiter;

/* To be called before anything else here, any number of times. False: no memory. */
bool runar_jvm_prepare(void);

/* The links of this process. */
runar_links *runar_jvm_links(void);

/* Takes `boot` over. True: `waiter->done` will be called. False: the answer is there already. */
bool runar_jvm_boot(runar_boot *boot, runar_waiter *waiter);

/* `waiter` is not called again, and no call of it is under way. */
void runar_jvm_forget(runar_waiter *waiter);

/* Ends the machine and returns when it is frozen; ends the process with `code` if that takes longer
** than `ms`. Returns how many frames waited. Not from a Java thread. */
uint64_t runar_jvm_shutdown(int code, int64_t ms);

#endif

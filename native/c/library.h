/* What the files of a Java machine show before it is loaded: to load half a file, or to start a
** machine that lacks its classes, would end the process instead of failing. No JNI, any thread. */
#ifndef RUNAR_LIBRARY_H
#define RUNAR_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* False: `why` says what is wrong with the file. One that is not there is left to the loader. */
bool runar_library_is_whole(const char *path, char *why, size_t size);

/* Whether Java's own classes lie where the machine of this library looks for them. */
bool runar_library_has_classes(const char *path);

/* What to do about an answer of the loader, to be appended to it; or nothing. */
const char *runar_library_advice(const char *why);

#endif

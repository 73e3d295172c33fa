/* What Java calls: the natives of HostLink, section 5 of runar_native.h. All but the natives
** themselves on the pump alone. */
#ifndef RUNAR_HOST_H
#define RUNAR_HOST_H

#include <jni.h>

#include <stdbool.h>
#include <stddef.h>

/* False: Java has an exception, or the class has other natives. */
bool runar_host_register(JNIEnv *env);

/* What died0() has told, if it was called; else `text` stays. */
void runar_host_death(char *text, size_t size);

/* Clears Java's exception and writes its toString() as UTF-8; or `otherwise`, where there is none. */
void runar_describe_exception(JNIEnv *env, const char *otherwise, char *text, size_t size);

#endif

/* What jni.h asks of a platform, for every target of this folder, so that one JDK's jni.h serves a
** cross build. */
#ifndef RUNAR_JNI_MD_H
#define RUNAR_JNI_MD_H

/* Nothing, on every target with 64 bits; as the jni.h of Java 25 has it. */
#define JNICALL

#ifdef _WIN32
#define JNIEXPORT __declspec(dllexport)
#define JNIIMPORT __declspec(dllimport)
#else
#define JNIEXPORT __attribute__((visibility("default")))
#define JNIIMPORT __attribute__((visibility("default")))
#endif

typedef int jint;
/* `long` has 32 bits on Windows, and jni.h of every JDK has `long` elsewhere. */
#ifdef _LP64
typedef long jlong;
#else
typedef long long jlong;
#endif

typedef signed char jbyte;

#endif

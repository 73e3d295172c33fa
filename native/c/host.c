#include "host.h"
#include "jvm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_LINK "dev/runar/internal/host/HostLink"
/* A post up to this size is copied to the stack instead of the heap. */
#define SMALL_POST 4096

/* Touched by the pump alone. */
static char death[RUNAR_MESSAGE_BYTES];

static jint JNICALL host_post(JNIEnv *env, jclass self, jlong handle, jbyteArray bytes, jint offset,
                              jint length, jboolean reserved) {
  (void)self;
  runar_class class = reserved ? RUNAR_RESERVED : RUNAR_ORDINARY;
  unsigned char small[SMALL_POST];
  unsigned char *copy = small;
  if (length > SMALL_POST) {
    runar_status admitted =
        runar_links_admit(runar_jvm_links(), (runar_handle)handle, (size_t)length, class);
    if (admitted != RUNAR_OK)
      return admitted;
    copy = malloc((size_t)length);
    if (copy == NULL) {
      runar_links_refused(runar_jvm_links(), (runar_handle)handle, class);
      return RUNAR_NO_MEMORY;
    }
  }
  runar_status status = RUNAR_CLOSED;
  (*env)->GetByteArrayRegion(env, bytes, offset, length, (jbyte *)copy);
  if (!(*env)->ExceptionCheck(env))
    status = runar_links_post(runar_jvm_links(), (runar_handle)handle, copy, (size_t)length, class);
  if (copy != small)
    free(copy);
  return status;
}

static jbyteArray JNICALL host_take(JNIEnv *env, jclass self) {
  (void)self;
  runar_taken taken;
  if (!runar_links_take(runar_jvm_links(), &taken))
    return NULL;
  jbyte header[RUNAR_TAKE_HEADER];
  for (int at = 0; at < 8; at++)
    header[at] = (jbyte)(taken.handle >> (8 * at));
  header[8] = (jbyte)taken.what;
  jsize size = (jsize)taken.batch.size;
  jbyteArray told = (*env)->NewByteArray(env, RUNAR_TAKE_HEADER + size);
  if (told == NULL)
    return NULL; /* Java has an OutOfMemoryError: the frames stay and the pump dies of it */
  (*env)->SetByteArrayRegion(env, told, 0, RUNAR_TAKE_HEADER, header);
  (*env)->SetByteArrayRegion(env, told, RUNAR_TAKE_HEADER, size, (const jbyte *)taken.batch.bytes);
  runar_links_done(runar_jvm_links(), &taken);
  return told;
}

static void JNICALL host_closed(JNIEnv *env, jclass self, jlong handle) {
  (void)env;
  (void)self;
  runar_links_shut(runar_jvm_links(), (runar_handle)handle);
}

static void JNICALL host_died(JNIEnv *env, jclass self, jbyteArray text) {
  (void)self;
  jsize length = (*env)->GetArrayLength(env, text);
  if (length > (jsize)sizeof death - 1)
    length = (jsize)sizeof death - 1;
  (*env)->GetByteArrayRegion(env, text, 0, length, (jbyte *)death);
  death[length] = 0;
}

void runar_host_death(char *text, size_t size) {
  if (death[0] != 0)
    snprintf(text, size, "%s", death);
}

bool runar_host_register(JNIEnv *env) {
  static char post[] = "post0", take[] = "take0", closed[] = "closed0", died[] = "died0";
  static char post_type[] = "(J[BIIZ)I", take_type[] = "()[B";
  static char closed_type[] = "(J)V", died_type[] = "([B)V";
  JNINativeMethod natives[] = {{post, post_type, (void *)host_post},
                               {take, take_type, (void *)host_take},
                               {closed, closed_type, (void *)host_closed},
                               {died, died_type, (void *)host_died}};
  jclass class = (*env)->FindClass(env, HOST_LINK);
  return class != NULL && (*env)->RegisterNatives(env, class, natives, 4) == 0;
}

void runar_describe_exception(JNIEnv *env, const char *otherwise, char *text, size_t size) {
  snprintf(text, size, "%s", otherwise);
  jthrowable thrown = (*env)->ExceptionOccurred(env);
  if (thrown == NULL)
    return;
  (*env)->ExceptionClear(env);
  jclass object = (*env)->FindClass(env, "java/lang/Object");
  jclass string = (*env)->FindClass(env, "java/lang/String");
  jmethodID to_string = NULL;
  jmethodID get_bytes = NULL;
  jstring charset = NULL;
  if (object != NULL && string != NULL) {
    to_string = (*env)->GetMethodID(env, object, "toString", "()Ljava/lang/String;");
    get_bytes = (*env)->GetMethodID(env, string, "getBytes", "(Ljava/lang/String;)[B");
    charset = (*env)->NewStringUTF(env, "UTF-8");
  }
  if (to_string != NULL && get_bytes != NULL && charset != NULL) {
    jobject shown = (*env)->CallObjectMethod(env, thrown, to_string);
    if (shown != NULL && !(*env)->ExceptionCheck(env)) {
      jbyteArray bytes = (*env)->CallObjectMethod(env, shown, get_bytes, charset);
      if (bytes != NULL && !(*env)->ExceptionCheck(env)) {
        jsize length = (*env)->GetArrayLength(env, bytes);
        if ((size_t)length > size - 1)
          length = (jsize)size - 1;
        (*env)->GetByteArrayRegion(env, bytes, 0, length, (jbyte *)text);
        text[length] = 0;
      }
    }
  }
  (*env)->ExceptionClear(env);
}

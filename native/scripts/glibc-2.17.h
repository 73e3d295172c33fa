/* Asks for the oldest version of what glibc 2.34 moved into libc itself, so that an addon that is
 * linked on a newer system loads with glibc 2.17. Included before each source by pack.sh. */
#if defined(__x86_64__)
#define RUNAR_OLD "2.2.5"
#define RUNAR_OLD_SETCLOCK "2.3.3"
#elif defined(__aarch64__)
#define RUNAR_OLD "2.17"
#define RUNAR_OLD_SETCLOCK "2.17"
#else
#error "for this processor the versions are not known: build with zig, scripts/cross.sh"
#endif
#define RUNAR_PIN(name, version) __asm__(".symver " #name "," #name "@GLIBC_" version)
RUNAR_PIN(dladdr, RUNAR_OLD);
RUNAR_PIN(dlclose, RUNAR_OLD);
RUNAR_PIN(dlerror, RUNAR_OLD);
RUNAR_PIN(dlopen, RUNAR_OLD);
RUNAR_PIN(dlsym, RUNAR_OLD);
RUNAR_PIN(pthread_attr_setstacksize, RUNAR_OLD);
RUNAR_PIN(pthread_condattr_setclock, RUNAR_OLD_SETCLOCK);
RUNAR_PIN(pthread_create, RUNAR_OLD);
RUNAR_PIN(pthread_once, RUNAR_OLD);

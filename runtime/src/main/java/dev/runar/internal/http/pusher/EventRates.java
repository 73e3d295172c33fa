package dev.runar.internal.http.pusher;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each app that publishes: as many events at once as a second allows, and as
 * many come again in each second. Any thread. Of more than {@value #APPS} apps the one that has
 * been quiet for longest is forgotten, and begins with a full bucket.
 */
final class EventRates {
  static final int APPS = 10_000;
  private static final double SECOND = 1e9;

  private static final class Bucket {
    private double tokens;
    private long nanos;
  }

  // Under this lock.
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Takes events.
   *
   * @param perSecond 0: as many as come
   * @param nanos a monotonic clock
   * @return whether they may be published; of a refused call none counts
   */
  synchronized boolean take(String appId, int events, int perSecond, long nanos) {
    if (perSecond == 0) {
      return true;
    }
    Bucket bucket = buckets.get(appId);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.tokens = perSecond;
      bucket.nanos = nanos;
      buckets.put(appId, bucket);
      forgetQuietest();
    }
    bucket.tokens =
        Math.min(perSecond, bucket.tokens + (nanos - bucket.nanos) / SECOND * perSecond);
    bucket.nanos = nanos;
    if (bucket.tokens < events) {
      return false;
    }
    bucket.tokens -= events;
    return true;
  }

  private void forgetQuietest() {
    if (buckets.size() > APPS) {
      var oldest = buckets.entrySet().iterator();
      var _ = oldest.next();
      oldest.remove();
    }
  }
}

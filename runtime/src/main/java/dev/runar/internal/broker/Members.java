package dev.runar.internal.broker;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The sessions of one lane that get the same publications. Lane's thread only. */
final class Members {
  private @Nullable Membership[] list = new @Nullable Membership[2];
  private int size;
  private final int[] perDialect = new int[Dialect.COUNT];

  int count(Dialect dialect) {
    return perDialect[dialect.index()];
  }

  void add(Membership member) {
    if (size == list.length) {
      list = Arrays.copyOf(list, size * 2);
    }
    member.index = size;
    list[size++] = member;
    perDialect[member.session.dialect().index()]++;
  }

  void remove(Membership member) {
    Membership last = at(--size);
    list[member.index] = last;
    last.index = member.index;
    list[size] = null;
    perDialect[member.session.dialect().index()]--;
  }

  /** Adds all of them to a list. */
  void addTo(List<Membership> into) {
    for (int i = 0; i < size; i++) {
      into.add(at(i));
    }
  }

  /** Writes to all that it is for; returns how many took it. */
  int write(Parcel parcel) {
    int written = 0;
    for (int i = 0; i < size; i++) {
      Membership member = at(i);
      if (parcel.isFor(member)) {
        written += parcel.writeTo(member.session);
      }
    }
    return written;
  }

  /** As {@link #write}, to those that do not bear the stamp yet. */
  int writeOnce(Parcel parcel, long stamp) {
    int written = 0;
    for (int i = 0; i < size; i++) {
      Membership member = at(i);
      if (parcel.isFor(member) && member.session.stamp(stamp)) {
        written += parcel.writeTo(member.session);
      }
    }
    return written;
  }

  /** As {@link #writeOnce}, but only to those whose publications begin before the sequence. */
  int writeBefore(long sequence, Parcel parcel, long stamp) {
    int written = 0;
    for (int i = 0; i < size; i++) {
      Membership member = at(i);
      if (member.after < sequence && parcel.isFor(member) && member.session.stamp(stamp)) {
        written += parcel.writeTo(member.session);
      }
    }
    return written;
  }

  private Membership at(int index) {
    return Objects.requireNonNull(list[index]);
  }
}

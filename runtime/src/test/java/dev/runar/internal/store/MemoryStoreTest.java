package dev.runar.internal.store;

import dev.runar.spi.Store;

class MemoryStoreTest extends StoreContract {
  @Override
  Store open(StoreBounds bounds) {
    return new MemoryStore(bounds);
  }
}

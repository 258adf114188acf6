#if !defined(__x86_64__) && !(defined(__aarch64__) && defined(__linux__))

#include "CChecksums.h"

bool cchecksums_is_supported(void) { return false; }

uint32_t cchecksums_crc32c(uint32_t crc, const void *bytes, size_t count) { __builtin_trap(); }

uint32_t cchecksums_crc32(uint32_t crc, const void *bytes, size_t count) { __builtin_trap(); }

#endif

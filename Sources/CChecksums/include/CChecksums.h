#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the CPU has the instructions of the two functions below, which must not be called otherwise: SSE4.2 and
   PCLMULQDQ, or ARMv8's CRC32 and PMULL. Queries the CPU, which is slow in a virtual machine: call it once. */
bool cchecksums_is_supported(void);

/* The register of CRC-32C (polynomial 0x82F63B78, reflected) after `count` bytes. The inversions before the first and
   after the last byte are the caller's. */
uint32_t cchecksums_crc32c(uint32_t crc, const void *bytes, size_t count);

/* The same for CRC-32 (polynomial 0xEDB88320, reflected). */
uint32_t cchecksums_crc32(uint32_t crc, const void *bytes, size_t count);

#ifndef CDCD_LIBFUZZER_H
#define CDCD_LIBFUZZER_H
#include <stddef.h>
#include <stdint.h>

// What libFuzzer's `main` is made of (LLVM's FuzzerInterface.h and "Using libFuzzer as a library").
int LLVMFuzzerRunDriver(
    int *count, char ***arguments, int (*one_input)(const uint8_t *bytes, size_t count));

#endif

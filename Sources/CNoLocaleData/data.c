#include <stdint.h>

/* ICU's common data header (udata.h: MappedData, UDataInfo), then a table of contents with zero entries. */
struct EmptyCommonData {
    uint16_t header_size;
    uint8_t magic1, magic2;
    uint16_t info_size, reserved_word;
    uint8_t is_big_endian, charset_family, sizeof_uchar, reserved_byte;
    uint8_t data_format[4];
    uint8_t format_version[4];
    uint8_t data_version[4];
    uint8_t padding[8];
    uint32_t entry_count;
    uint32_t tail[3];
};

__attribute__((aligned(16))) const struct EmptyCommonData icudt76_dat = {
    32, 0xda, 0x27, 20, 0, 0, 0, 2, 0,
    {'C', 'm', 'n', 'D'}, {1, 0, 0, 0}, {76, 1, 0, 0}, {0}, 0, {0},
};

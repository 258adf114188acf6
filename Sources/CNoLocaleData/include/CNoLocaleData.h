/* Defines icudt76_dat as an ICU common data file with no entries, so that the linker does not pull
   34 MB of locale data out of Foundation's static library. */

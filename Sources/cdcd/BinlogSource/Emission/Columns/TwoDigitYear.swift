/// Years of two digits, as `enable.time.adjuster` completes them: 0–69 are 2000–2069, 70–99 are 1970–1999.
enum TwoDigitYear {
    @inline(__always)
    static func adjusted(_ year: Int) -> Int {
        year >= 100 || year < 0 ? year : year < 70 ? year + 2000 : year + 1900
    }
}

import CChecksums

/// The CPU's instructions for checksums.
enum ChecksumInstructions {
    /// Whether the CPU has them; determined at the first use.
    static let areSupported = cchecksums_is_supported()
}

/// Connector/J's `CharsetMapping`: which of Java's encodings stands for which of MySQL's character sets.
extension TextEncoding {
    static func ofCharacterSet(_ name: String) -> TextEncoding? {
        switch name {
        case "utf8mb4", "utf8mb3", "utf8": .utf8
        case "ascii": .ascii
        case "binary": .latin1
        case "ucs2", "utf16": .utf16
        case "utf16le": .utf16LittleEndian
        case "utf32": .utf32
        case "latin1", "swe7", "dec8", "hp8", "armscii8", "geostd8": .singleByte(windows1252)
        case "latin2": .singleByte(iso8859Part2)
        case "latin5": .singleByte(iso8859Part9)
        case "latin7": .singleByte(iso8859Part13)
        case "greek": .singleByte(iso8859Part7)
        case "hebrew": .singleByte(iso8859Part8)
        case "cp1250": .singleByte(windows1250)
        case "cp1251": .singleByte(windows1251)
        case "cp1256": .singleByte(windows1256)
        case "cp1257": .singleByte(windows1257)
        case "cp850": .singleByte(ibm850)
        case "cp852", "keybcs2": .singleByte(ibm852)
        case "cp866": .singleByte(ibm866)
        case "koi8r", "koi8u": .singleByte(koi8R)
        case "tis620": .singleByte(tis620)
        case "macce": .singleByte(macCentralEurope)
        case "macroman": .singleByte(macRoman)
        case "big5": .doubleByte(big5)
        case "euckr": .doubleByte(eucKR)
        case "gb2312": .doubleByte(gb2312)
        case "gbk": .doubleByte(gbk)
        case "sjis": .doubleByte(shiftJIS)
        case "cp932": .doubleByte(windows31J)
        case "ujis": .eucJP(eucJPTables)
        case "eucjpms": .eucJP(eucJPOpenTables)
        case "gb18030": .gb18030(gb18030Tables)
        default: nil
        }
    }

    // Unpacked when first asked for, once for the process.
    private static let windows1250 = SingleByteTable(EncodingTables.windows1250)
    private static let windows1251 = SingleByteTable(EncodingTables.windows1251)
    private static let windows1252 = SingleByteTable(EncodingTables.windows1252)
    private static let windows1256 = SingleByteTable(EncodingTables.windows1256)
    private static let windows1257 = SingleByteTable(EncodingTables.windows1257)
    private static let ibm850 = SingleByteTable(EncodingTables.ibm850)
    private static let ibm852 = SingleByteTable(EncodingTables.ibm852)
    private static let ibm866 = SingleByteTable(EncodingTables.ibm866)
    private static let iso8859Part2 = SingleByteTable(EncodingTables.iso88592)
    private static let iso8859Part7 = SingleByteTable(EncodingTables.iso88597)
    private static let iso8859Part8 = SingleByteTable(EncodingTables.iso88598)
    private static let iso8859Part9 = SingleByteTable(EncodingTables.iso88599)
    private static let iso8859Part13 = SingleByteTable(EncodingTables.iso885913)
    private static let koi8R = SingleByteTable(EncodingTables.koi8r)
    private static let tis620 = SingleByteTable(EncodingTables.tis620)
    private static let macCentralEurope = SingleByteTable(EncodingTables.maccentraleurope)
    private static let macRoman = SingleByteTable(EncodingTables.macroman)
    private static let big5 = DoubleByteTable(EncodingTables.big5)
    private static let eucKR = DoubleByteTable(EncodingTables.euckr)
    private static let gb2312 = DoubleByteTable(EncodingTables.gb2312)
    private static let gbk = DoubleByteTable(EncodingTables.gbk)
    private static let shiftJIS = DoubleByteTable(EncodingTables.shift_jis)
    private static let windows31J = DoubleByteTable(EncodingTables.windows31j)
    private static let eucJPTables = EUCJPTables(
        two: DoubleByteTable(EncodingTables.eucjp), three: DoubleByteTable(EncodingTables.eucjpThreeBytes))
    private static let eucJPOpenTables = EUCJPTables(
        two: DoubleByteTable(EncodingTables.eucjpopen), three: DoubleByteTable(EncodingTables.eucjpopenThreeBytes))
    private static let gb18030Tables = GB18030Tables(
        two: DoubleByteTable(EncodingTables.gb18030), fourByteRuns: EncodingTables.gb18030FourBytes)
}

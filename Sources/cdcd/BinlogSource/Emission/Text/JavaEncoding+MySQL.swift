import MySQLWire

/// Connector/J's `CharsetMapping`: the encoding of Java that it uses for each of MySQL's character sets.
extension JavaEncoding {
    package init(_ set: MySQLCharacterSet) {
        switch set.name {
        case "utf8mb4", "utf8mb3": self = .utf8
        case "ucs2", "utf16": self = .utf16
        case "utf16le": self = .utf16LittleEndian
        case "utf32": self = .utf32
        case "latin1", "swe7", "dec8", "hp8", "armscii8", "geostd8": self = .table(.singleByte(Self.windows1252))
        case "greek": self = .table(.singleByte(Self.iso8859Part7))
        case "hebrew": self = .table(.singleByte(Self.iso8859Part8))
        case "cp1256": self = .table(.singleByte(Self.windows1256))
        case "cp866": self = .table(.singleByte(Self.ibm866))
        case "tis620": self = .table(.singleByte(Self.tis620))
        case "keybcs2": self = .table(Self.server("cp852", or: set))
        case "koi8u": self = .table(Self.server("koi8r", or: set))
        case "big5": self = .table(.doubleByte(Self.big5))
        case "euckr": self = .table(.doubleByte(Self.eucKR))
        case "gbk": self = .table(.doubleByte(Self.gbk))
        case "sjis": self = .table(.doubleByte(Self.sjis))
        case "ujis": self = .table(.eucJP(Self.eucJP))
        case "eucjpms": self = .table(.eucJP(Self.eucJPOpen))
        case "gb18030": self = .table(.gb18030(Self.gb18030))
        // Java maps every code as the server does.
        default: self = .table(set.encoding)
        }
    }

    private static func server(_ name: String, or set: MySQLCharacterSet) -> TextEncoding {
        MySQLCharacterSet(named: name)?.encoding ?? set.encoding
    }

    // Unpacked at the first use, once per process.
    private static let windows1252 = SingleByteTable(JavaEncodingTables.windows1252)
    private static let windows1256 = SingleByteTable(JavaEncodingTables.windows1256)
    private static let ibm866 = SingleByteTable(JavaEncodingTables.ibm866)
    private static let iso8859Part7 = SingleByteTable(JavaEncodingTables.iso88597)
    private static let iso8859Part8 = SingleByteTable(JavaEncodingTables.iso88598)
    private static let tis620 = SingleByteTable(JavaEncodingTables.tis620)
    private static let big5 = DoubleByteTable(JavaEncodingTables.big5)
    private static let eucKR = DoubleByteTable(JavaEncodingTables.euckr)
    private static let gbk = DoubleByteTable(JavaEncodingTables.gbk)
    private static let sjis = DoubleByteTable(JavaEncodingTables.shift_jis)
    private static let eucJP = EUCJPTables(
        two: DoubleByteTable(JavaEncodingTables.eucjp), three: DoubleByteTable(JavaEncodingTables.eucjpThreeBytes))
    private static let eucJPOpen = EUCJPTables(
        two: DoubleByteTable(JavaEncodingTables.eucjpopen),
        three: DoubleByteTable(JavaEncodingTables.eucjpopenThreeBytes))
    private static let gb18030 = GB18030Tables(
        two: DoubleByteTable(JavaEncodingTables.gb18030), fourByteRuns: JavaEncodingTables.gb18030FourBytes)
}

/// The encodings of MySQL's character sets, by the server's own tables.
extension TextEncoding {
    static func ofCharacterSet(_ name: String) -> TextEncoding? {
        switch name {
        case "utf8mb4", "utf8mb3", "utf8": .utf8
        case "ascii": .ascii
        case "binary": .latin1
        case "ucs2", "utf16": .utf16(isLittleEndian: false)
        case "utf16le": .utf16(isLittleEndian: true)
        case "utf32": .utf32
        case "armscii8": .singleByte(armscii8)
        case "cp1250": .singleByte(cp1250)
        case "cp1251": .singleByte(cp1251)
        case "cp1256": .singleByte(cp1256)
        case "cp1257": .singleByte(cp1257)
        case "cp850": .singleByte(cp850)
        case "cp852": .singleByte(cp852)
        case "cp866": .singleByte(cp866)
        case "dec8": .singleByte(dec8)
        case "geostd8": .singleByte(geostd8)
        case "greek": .singleByte(greek)
        case "hebrew": .singleByte(hebrew)
        case "hp8": .singleByte(hp8)
        case "keybcs2": .singleByte(keybcs2)
        case "koi8r": .singleByte(koi8r)
        case "koi8u": .singleByte(koi8u)
        case "latin1": .singleByte(latin1Table)
        case "latin2": .singleByte(latin2)
        case "latin5": .singleByte(latin5)
        case "latin7": .singleByte(latin7)
        case "macce": .singleByte(macce)
        case "macroman": .singleByte(macroman)
        case "swe7": .singleByte(swe7)
        case "tis620": .singleByte(tis620)
        case "big5": .doubleByte(big5)
        case "cp932": .doubleByte(cp932)
        case "euckr": .doubleByte(euckr)
        case "gb2312": .doubleByte(gb2312)
        case "gbk": .doubleByte(gbk)
        case "sjis": .doubleByte(sjis)
        case "eucjpms": .eucJP(eucjpms)
        case "ujis": .eucJP(ujis)
        case "gb18030": .gb18030(gb18030Tables)
        default: nil
        }
    }

    // Unpacked at the first use, once per process.
    private static let armscii8 = SingleByteTable(EncodingTables.armscii8)
    private static let cp1250 = SingleByteTable(EncodingTables.cp1250)
    private static let cp1251 = SingleByteTable(EncodingTables.cp1251)
    private static let cp1256 = SingleByteTable(EncodingTables.cp1256)
    private static let cp1257 = SingleByteTable(EncodingTables.cp1257)
    private static let cp850 = SingleByteTable(EncodingTables.cp850)
    private static let cp852 = SingleByteTable(EncodingTables.cp852)
    private static let cp866 = SingleByteTable(EncodingTables.cp866)
    private static let dec8 = SingleByteTable(EncodingTables.dec8)
    private static let geostd8 = SingleByteTable(EncodingTables.geostd8)
    private static let greek = SingleByteTable(EncodingTables.greek)
    private static let hebrew = SingleByteTable(EncodingTables.hebrew)
    private static let hp8 = SingleByteTable(EncodingTables.hp8)
    private static let keybcs2 = SingleByteTable(EncodingTables.keybcs2)
    private static let koi8r = SingleByteTable(EncodingTables.koi8r)
    private static let koi8u = SingleByteTable(EncodingTables.koi8u)
    private static let latin1Table = SingleByteTable(EncodingTables.latin1)
    private static let latin2 = SingleByteTable(EncodingTables.latin2)
    private static let latin5 = SingleByteTable(EncodingTables.latin5)
    private static let latin7 = SingleByteTable(EncodingTables.latin7)
    private static let macce = SingleByteTable(EncodingTables.macce)
    private static let macroman = SingleByteTable(EncodingTables.macroman)
    private static let swe7 = SingleByteTable(EncodingTables.swe7)
    private static let tis620 = SingleByteTable(EncodingTables.tis620)
    private static let big5 = DoubleByteTable(EncodingTables.big5)
    private static let cp932 = DoubleByteTable(EncodingTables.cp932)
    private static let euckr = DoubleByteTable(EncodingTables.euckr)
    private static let gb2312 = DoubleByteTable(EncodingTables.gb2312)
    private static let gbk = DoubleByteTable(EncodingTables.gbk)
    private static let sjis = DoubleByteTable(EncodingTables.sjis)
    private static let eucjpms = EUCJPTables(
        two: DoubleByteTable(EncodingTables.eucjpms), three: DoubleByteTable(EncodingTables.eucjpmsThreeBytes))
    private static let ujis = EUCJPTables(
        two: DoubleByteTable(EncodingTables.ujis), three: DoubleByteTable(EncodingTables.ujisThreeBytes))
    private static let gb18030Tables = GB18030Tables(
        two: DoubleByteTable(EncodingTables.gb18030), fourByteRuns: EncodingTables.gb18030FourBytes)
}

// Writes the results of the decoders of Java 17 (Debian's openjdk-17-jdk-headless), run by
// `scripts/generate-java-encodings --capture`:
//
//   Fixtures/java/character-sets/codes.tsv        the character of every code of the encodings that have a table
//   Fixtures/java/character-sets/vectors.txt      Java's answers to samples, and checksums over all codes

import java.io.ByteArrayOutputStream;
import java.nio.charset.*;
import java.nio.file.*;
import java.util.*;
import java.util.zip.*;

class JavaEncodings {
    static final String[] SINGLE = { "windows-1250", "windows-1251", "windows-1252", "windows-1256", "windows-1257",
        "IBM850", "IBM852", "IBM866", "ISO-8859-2", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-13", "KOI8-R",
        "TIS-620", "x-MacCentralEurope", "x-MacRoman" };
    static final String[] DOUBLE = { "Big5", "EUC-KR", "GB2312", "GBK", "GB18030", "Shift_JIS", "windows-31j", "EUC-JP",
        "x-eucJP-Open" };
    /** Those whose tables equal the server's. */
    static final Set<String> SHARED = Set.of("windows-1250", "windows-1251", "windows-1257", "IBM850", "IBM852",
        "ISO-8859-2", "ISO-8859-9", "ISO-8859-13", "KOI8-R", "x-MacCentralEurope", "x-MacRoman", "GB2312",
        "windows-31j");
    static final String[] ALGORITHMIC = { "US-ASCII", "ISO-8859-1", "UTF-8", "UTF-16", "UTF-16LE", "UTF-32" };

    static Charset charset;

    static String decode(int... bytes) {
        byte[] input = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) input[i] = (byte) bytes[i];
        return new String(input, charset);
    }

    /** The one character that the bytes encode, or U+FFFD. */
    static int one(int... bytes) {
        String text = decode(bytes);
        return text.length() == 1 ? text.charAt(0) : 0xFFFD;
    }

    /** GB18030's four bytes as one number, in the order of the codes. */
    static int[] fourBytes(int linear) {
        return new int[] {
            0x81 + linear / 12600, 0x30 + linear / 1260 % 10, 0x81 + linear / 10 % 126, 0x30 + linear % 10 };
    }

    static final int FOUR_BYTE_BMP_CODES = 39420;

    static void code(StringBuilder out, String name, int... bytes) {
        int character = one(bytes);
        if (character == 0xFFFD) return;
        out.append(name).append('\t');
        for (int b : bytes) out.append(String.format("%02x", b));
        out.append('\t').append(String.format("%04x", character)).append('\n');
    }

    /** Encoding, code, character, in the order of the codes' lengths. Two bytes are a code unless the first alone is one. */
    static void codes() throws Exception {
        StringBuilder out = new StringBuilder("# Java " + System.getProperty("java.version") + "\n");
        List<String> names = new ArrayList<>(List.of(SINGLE));
        names.addAll(List.of(DOUBLE));
        for (String name : names) {
            if (SHARED.contains(name)) continue;
            charset = Charset.forName(name);
            for (int a = 0; a < 256; a++) code(out, name, a);
            if (List.of(SINGLE).contains(name)) continue;
            for (int a = 128; a < 256; a++)
                if (one(a) == 0xFFFD) for (int b = 0; b < 256; b++) code(out, name, a, b);
            if (name.contains("JP"))
                for (int a = 128; a < 256; a++) for (int b = 0; b < 256; b++) code(out, name, 0x8F, a, b);
            if (name.equals("GB18030")) for (int i = 0; i < FOUR_BYTE_BMP_CODES; i++) code(out, name, fourBytes(i));
        }
        Files.writeString(Path.of("Fixtures/java/character-sets/codes.tsv"), out);
    }

    static String hex(byte[] bytes) { return HexFormat.of().formatHex(bytes); }

    static void checksum(CRC32 crc, int... bytes) { crc.update(decode(bytes).getBytes(StandardCharsets.UTF_8)); }

    /** Sequences of three and four bytes, with one byte of each kind of UTF-8. */
    static void everyKindOfByte(CRC32 crc) {
        int[] kinds = { 0x30, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE1 };
        for (int a = 0xC0; a < 0x100; a++)
            for (int b : kinds) for (int c : kinds) {
                checksum(crc, a, b, c);
                for (int d : kinds) checksum(crc, a, b, c, d);
            }
    }

    /** Valid characters, damaged ones and arbitrary bytes, mixed. */
    static byte[] sample(Random random, List<byte[]> characters) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int parts = random.nextInt(7);
        for (int i = 0; i < parts; i++) {
            byte[] character = characters.get(random.nextInt(characters.size()));
            switch (random.nextInt(6)) {
                case 0 -> out.write(random.nextInt(256));
                case 1 -> out.write(0x20 + random.nextInt(0x5F));
                case 2 -> out.write(character, 0, 1 + random.nextInt(character.length));
                case 3 -> {
                    byte[] damaged = character.clone();
                    damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                    out.writeBytes(damaged);
                }
                default -> out.writeBytes(character);
            }
        }
        return out.toByteArray();
    }

    static void vectors() throws Exception {
        StringBuilder out = new StringBuilder();
        List<String> names = new ArrayList<>(List.of(SINGLE));
        names.addAll(List.of(DOUBLE));
        names.addAll(List.of(ALGORITHMIC));
        Random random = new Random(20261124);
        for (String name : names) {
            charset = Charset.forName(name);
            CRC32 crc = new CRC32();
            for (int a = 0; a < 256; a++) checksum(crc, a);
            for (int a = 0; a < 256; a++) for (int b = 0; b < 256; b++) checksum(crc, a, b);
            if (name.contains("JP"))
                for (int a = 0; a < 256; a++) for (int b = 0; b < 256; b++) checksum(crc, 0x8F, a, b);
            if (name.equals("GB18030"))
                for (int i = 0; i < 1587600; i += i < FOUR_BYTE_BMP_CODES ? 1 : 61) checksum(crc, fourBytes(i));
            if (name.equals("UTF-8")) everyKindOfByte(crc);
            out.append("all ").append(name).append(' ').append(String.format("%08x", crc.getValue())).append('\n');
            List<byte[]> characters = new ArrayList<>();
            if (name.startsWith("UTF"))
                for (int i = 0; i < 30; i++)
                    for (String mark : List.of("\uFEFF", "\uFFFE"))
                        characters.add(mark.getBytes(Charset.forName(name.equals("UTF-16") ? "UTF-16BE" : name)));
            while (characters.size() < 500) {
                int kind = random.nextInt(8);
                int scalar = random.nextInt(kind == 0 ? 0x110000 : kind < 5 ? 0x10000 : 0x3400);
                if (scalar >= 0xD800 && scalar < 0xE000) continue;
                String text = Character.toString(scalar);
                if (!charset.newEncoder().canEncode(text)) continue;
                characters.add(text.getBytes(name.equals("UTF-16") ? StandardCharsets.UTF_16BE : charset));
            }
            boolean isIntricate = name.startsWith("UTF") || name.startsWith("GB1");
            int count = List.of(SINGLE).contains(name) ? 10 : isIntricate ? 250 : 120;
            for (int i = 0; i < count; i++) {
                byte[] input = sample(random, characters);
                byte[] output = scalars(new String(input, charset)).getBytes(StandardCharsets.UTF_8);
                out.append(name + " " + hex(input) + " " + hex(output) + "\n");
            }
        }
        Path path = Path.of("Fixtures/java/character-sets/vectors.txt");
        Files.createDirectories(path.getParent());
        Files.writeString(path, out);
        Files.writeString(path.resolveSibling("capture.json"), """
            {
              "origin": "Java %s, the decoders of java.nio.charset",
              "date": "%s",
              "made_by": "scripts/generate-java-encodings --capture",
              "content": {
                "codes.tsv.xz": "encoding, code, character",
                "vectors.txt": "encoding, bytes, Java's text in UTF-8; lines with 'all': CRC-32 over the texts of all codes"
              }
            }
            """.formatted(System.getProperty("java.version"), java.time.LocalDate.now(java.time.ZoneOffset.UTC)));
    }

    /** UTF-32 gives lone surrogates, which no Swift string holds. */
    static String scalars(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 0xFFFD : c));
        return out.toString();
    }

    public static void main(String[] arguments) throws Exception {
        codes();
        vectors();
    }
}

import java.text.DateFormatSymbols;
import java.text.SimpleDateFormat;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TimeZone;

/**
 * Prints what SimpleDateFormat formats, parses and refuses, with the locale en in UTC.
 *
 *   java -Duser.language=en -Duser.country= SimpleDates.java
 *
 * Lines of fields with a tab in between, in which "\" is "\\", a tab "\t" and a line feed "\n":
 *   now     INSTANT                     the time at which the formats of the next lines are created
 *   instants INSTANT…                   those that the next "format" lines format
 *   format  PATTERN TEXT…
 *   parse   PATTERN TEXT INSTANT NEXT   NEXT: the same format, applied to the next instant afterwards
 *   parse   PATTERN TEXT                a text that cannot be parsed
 *   illegal PATTERN MESSAGE
 */
public class SimpleDates {
    static final String LETTERS = "GyMdkHmsSEDFwWahKzZYuXL";
    static final Random RANDOM = new Random(1582);
    static long now;

    static void print(Object... fields) {
        StringJoiner line = new StringJoiner("\t");
        for (Object field : fields) line.add(field.toString().replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n"));
        System.out.println(line);
    }

    static void setNow(long time) {
        now = time;
        print("now", now);
    }

    static SimpleDateFormat format(String pattern) {
        SimpleDateFormat format = new SimpleDateFormat(pattern);
        GregorianCalendar calendar = new GregorianCalendar();
        calendar.setTimeInMillis(now);
        calendar.add(Calendar.YEAR, -80);
        format.set2DigitYearStart(calendar.getTime());
        return format;
    }

    static void format(String pattern, List<Long> instants) {
        SimpleDateFormat format = format(pattern);
        List<Object> fields = new ArrayList<>(List.of("format", pattern));
        for (long instant : instants) fields.add(format.format(new Date(instant)));
        print(fields.toArray());
    }

    static void parse(String pattern, String text) {
        SimpleDateFormat format = format(pattern);
        try {
            long instant = format.parse(text).getTime();
            print("parse", pattern, text, instant, format.format(new Date(instant + 1)));
        } catch (java.text.ParseException error) {
            if (!error.getMessage().equals("Unparseable date: \"" + text + "\"")) throw new IllegalStateException(error);
            print("parse", pattern, text);
        }
    }

    static void illegal(String pattern) {
        try {
            format(pattern);
            throw new IllegalStateException(pattern);
        } catch (IllegalArgumentException error) {
            print("illegal", pattern, error.getMessage());
        }
    }

    static List<Long> instants() {
        List<Long> instants = new ArrayList<>(List.of(0L, -1L, 1L, Long.MIN_VALUE, Long.MAX_VALUE, 1_767_323_045_678L));
        String[] days = { "1582-10-04", "1582-10-15", "1582-10-31", "1582-12-31", "1583-01-01", "1582-01-01", "1581-12-31",
            "1500-02-29", "1900-02-28", "2000-02-29", "2024-02-29", "9999-12-31", "10000-01-01", "0001-01-01", "0000-12-31",
            "-0004-06-01", "-9999-01-01", "2005-01-01", "2010-12-31", "2011-01-01", "2012-01-01", "2017-01-01", "2022-12-31",
            "0999-03-04", "1999-12-26", "1969-12-28" };
        SimpleDateFormat format = new SimpleDateFormat("yyyy-MM-dd");
        for (String day : days) {
            try {
                instants.add(format.parse(day).getTime() + (instants.size() * 7_654_321L) % 86_400_000L);
            } catch (java.text.ParseException error) {
                throw new IllegalStateException(error);
            }
        }
        return instants;
    }

    static long randomInstant() {
        long day = switch (RANDOM.nextInt(4)) {
            case 0 -> -141_427 + RANDOM.nextInt(800) - 400;
            case 1 -> RANDOM.nextInt(30_000);
            case 2 -> -719_162 + RANDOM.nextInt(4000) - 2000;
            default -> RANDOM.nextInt(8_000_000) - 4_000_000;
        };
        return day * 86_400_000L + RANDOM.nextInt(86_400_000);
    }

    static String randomPattern() {
        String[] separators = { "", "", "-", " ", ":", ".", "'x'", "''", "/", "é" };
        StringBuilder pattern = new StringBuilder();
        int count = 1 + RANDOM.nextInt(5);
        for (int i = 0; i < count; i++) {
            String letter;
            do letter = "" + LETTERS.charAt(RANDOM.nextInt(LETTERS.length())); while (letter.equals("z") || pattern.toString().endsWith(letter));
            int length = letter.equals("X") ? 1 + RANDOM.nextInt(3) : RANDOM.nextInt(3) == 0 ? 1 + RANDOM.nextInt(5) : 1 + RANDOM.nextInt(2);
            pattern.append(letter.repeat(length)).append(separators[RANDOM.nextInt(separators.length)]);
        }
        return pattern.toString();
    }

    static String changed(String text) {
        StringBuilder changed = new StringBuilder(text);
        String[] parts = { " ", "-", "0", "9", "7", "12", "E", "1E1", "a", "\t", "+0130", "٣", "" };
        for (int i = RANDOM.nextInt(3); i > 0; i--) {
            int place = RANDOM.nextInt(changed.length() + 1);
            String part = parts[RANDOM.nextInt(parts.length)];
            if (RANDOM.nextBoolean() && place < changed.length()) changed.replace(place, place + 1, part);
            else changed.insert(place, part);
        }
        return changed.toString();
    }

    public static void main(String[] args) {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        setNow(1_772_706_030_123L);
        List<Long> instants = instants();
        print(prefixed("instants", instants));
        for (char letter : LETTERS.toCharArray())
            for (int count = 1; count <= (letter == 'X' ? 3 : "yYMS".indexOf(letter) >= 0 ? 6 : 4); count++) format(("" + letter).repeat(count), instants);
        format("y".repeat(320), instants.subList(0, 1));
        format("'it''s' yyyy''MM'x'dd é'ü' LLLL d MMMM", instants.subList(0, 3));
        format("''''yy'a''b'", instants.subList(0, 1));
        format("", instants.subList(0, 1));
        List<Long> random = new ArrayList<>();
        for (int i = 0; i < 400; i++) random.add(randomInstant());
        print(prefixed("instants", random));
        format("G yyyy Y M d D w W F u H:m:s.S", random);

        for (String pattern : List.of("b", "yyyy-MM-ddTHH", "'", "yyyy'", "''' ", "XXXX", "XXXXXb", "n", "yyyy-QQ", "P", "yyyy-MM-dd'T", "XXXXXX'", "j"))
            illegal(pattern);

        for (String pattern : List.of("yyyy-MM-dd HH:mm:ss", "yyyyMMdd", "yyyyMMddHHmmssSSS", "yy", "y", "yyy", "M/d/yy", "dd MMM yyyy", "MMMM d", "E, d MMM yyyy",
                "hh:mm a", "h a", "K:mm a", "k", "HH", "D", "yyyy D", "yyyy w", "yyyy w E", "YYYY-'W'ww-u", "Y", "YY ww", "yyyy MM W E", "yyyy MM F E", "yyyy MM F",
                "G y", "E", "W", "F", "u", "S", "s", "a", "L", "LLL", "yyyy MM W", "a h k", "G YYYY w u", "yyyy E", "MM D", "YYYY yyyy", "yyyy YYYY", "yyyy YYYY w", "MM E", "DDD dd"))
            for (String text : List.of("2021-02-03 04:05:06", "20210203", "20210203040506789", "21", "7", "-7", "2/3/46", "3/5/46", "3/6/46", "03 Feb 2021", " 03  feb 2021", "february 3", "Feb 31",
                    "wed, 3 Feb 2021", "Wednesday, 3 February 2021", "12:30 pm", "0:15 AM", "24", "25", "99", "2021 60", "2021 366", "2021 5", "2021 5 Tue", "2020-W53-7", "2021-W1-9", "2021-W01--3",
                    "46 02", "2021 02 2 Fri", "2021 02 -1 Mon", "2021 02 5", "BC 44", "AD 44", "Anno Domini 3", "Before Christ 10 2 3", "b", "", " ", "x", "1E3", "NaN", "∞", "-∞", "99999999999",
                    "9223372036854775808", "15E-1", "1E99", "٢٠٢١ ٥", "2021 Fri", "pm 3 5", "2021 2019", "1582 280", "1582-10-10 00:00:00", "1582 41 Fri", "0000-01-01 00:00:00", "-5-13-32 25:61:61",
                    "2021-2-29 24:00:00tail", "５", "45", "46", "47", "4 6", "PM", "Jan", "Sun", "May 5", "2021 05 Sun", "1 Jan 2021", "2147483647", "-2147483648 -2147483648"))
                if (RANDOM.nextInt(4) == 0 || pattern.length() == text.length()) parse(pattern, text);
        for (String text : List.of("+0130", "-0800", "+1", "+01", "+01:30", "+01:3", "+2400", "+2359", "+0160", "Z", "z", "GMT", "gmt", "GMT+1:30", "GMT+01:30", "GMT+0130", "GMT-9:00", "UTC", "utc", "UT",
                "GMT+", " GMT", " UTC", " +0100", "PST", "pdt", "Pacific Standard Time", "CEST", "CET", "IST", "EST5", "BST", "MSK", "HST", "Central European Time", "Greenwich Mean Time", "x", "+", "--1"))
            for (String pattern : List.of("z", "zzzz", "Z", "X", "XX", "XXX", "yyyyZ", "HH:mm z"))
                parse(pattern, pattern.startsWith("y") ? "2021" + text : pattern.startsWith("H") ? "12:30 " + text : text);
        for (int i = 0; i < 1500; i++) {
            String pattern = randomPattern();
            parse(pattern, changed(format(pattern).format(new Date(randomInstant()))));
        }
        // Zones of the tz database that later became links of others had rules of their own before 1970 only.
        String[] zoned = { "1975-05-30 02:30", "2021-03-28 02:30", "2021-10-31 02:30", "1985-07-01 12:34", "2050-01-01 00:00", "1890-01-01 00:00" };
        Set<String> names = new LinkedHashSet<>();
        for (String[] zone : DateFormatSymbols.getInstance().getZoneStrings()) names.addAll(List.of(zone).subList(1, 5));
        int index = 0;
        for (String name : names) parse("yyyy-MM-dd HH:mm zzz", zoned[index++ % zoned.length] + " " + name);
        for (String name : List.of("PST", "PDT", "CET", "CEST", "NZST", "EST")) {
            parse("yyyy-MM-dd HH:mm zzzz", "1919-05-30 02:30 " + name);
            for (String time : zoned) parse("yyyy-MM-dd HH:mm zzzz", time + " " + name);
        }

        setNow(1_709_208_000_000L);
        for (String text : List.of("28 02 44", "29 02 44", "01 03 44", "44", "43", "45")) parse("dd MM yy", text);
        parse("yy", "44");
    }

    static Object[] prefixed(String word, List<Long> numbers) {
        List<Object> fields = new ArrayList<>(List.of(word));
        fields.addAll(numbers);
        return fields.toArray();
    }
}

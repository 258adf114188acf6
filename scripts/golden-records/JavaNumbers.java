import java.math.BigDecimal;
import java.util.Random;

/**
 * Prints doubles and floats as bit patterns with the text of Double.toString and Float.toString. Java before 19 prints
 * more digits than needed for some numbers; those are left out, and so are the smallest subnormals, for which its rules
 * differ.
 */
public class JavaNumbers {
    static boolean isShortest(String text, double value, boolean isFloat) {
        BigDecimal number = new BigDecimal(text);
        for (int digits = 1; digits < number.precision(); digits++) {
            String shorter = (isFloat ? new BigDecimal((float) value) : new BigDecimal(value))
                    .round(new java.math.MathContext(digits)).toString();
            if (isFloat ? Float.parseFloat(shorter) == (float) value : Double.parseDouble(shorter) == value) {
                return digits == 1 && number.precision() == 2;
            }
        }
        return true;
    }

    static void print(double value) {
        String text = Double.toString(value);
        if (!Double.isFinite(value) || isShortest(text, value, false)) {
            System.out.printf("d %016x %s%n", Double.doubleToRawLongBits(value), text);
        }
    }

    static void print(float value) {
        String text = Float.toString(value);
        if (!Float.isFinite(value) || isShortest(text, value, true)) {
            System.out.printf("f %08x %s%n", Float.floatToRawIntBits(value), text);
        }
    }

    public static void main(String[] args) {
        double[] doubles = {0, -0.0, 1, -1, 0.1, 1.5, 100, 123456, 9999999, 1e7, 1.0E7 - 0.5, 12345678, 1e-3, 9.99e-4, 1e-4, 1e21, 1e22, 1e23,
            123456789.125, 0.001234, 1.7976931348623157e308, 4.9e-324, 2.2250738585072014e-308, 2.0E-3, Math.PI, Math.E,
            9007199254740992.0, 9007199254740993.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 3.140000104904175};
        for (double value : doubles) print(value);
        float[] floats = {0, -0f, 1, 3.14f, 0.1f, 1e7f, 9999999f, 1e-3f, 9.99e-4f, 3.4028235e38f, 1.4e-45f, 1.1754944e-38f, 16777216f,
            33554432f, 1e10f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (float value : floats) print(value);
        Random random = new Random(20260101);
        for (int i = 0; i < 300; i++) {
            print(Double.longBitsToDouble(random.nextLong()));
            print(random.nextInt(1000000) / 1000.0);
            print(random.nextGaussian() * 1e6);
            print(Float.intBitsToFloat(random.nextInt()));
            print(random.nextInt(100000) / 100f);
        }
    }
}

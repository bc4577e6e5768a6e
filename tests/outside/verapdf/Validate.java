import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Validates files with veraPDF. Each line of standard input is FLAVOUR, a tab, PATH; flavours are those of veraPDF: 3u, 3a, ua1 and so on.
 * For each file one line of standard output: FLAVOUR, PATH and the verdict, separated by tabs. The verdict is "compliant", or the failed
 * rules as "CLAUSE-TEST xCOUNT: message" separated by " | ", or "ERROR" and why the file couldn't be read.
 */
public final class Validate {
    public static void main(String[] arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.SEVERE);
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader wanted = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = wanted.readLine(); line != null; line = wanted.readLine()) {
            String[] parts = line.split("\t", 2);
            String verdict = verdict(PDFAFlavour.fromString(parts[0]), parts[1]);
            System.out.println(line + "\t" + verdict.replaceAll("\\s+", " "));
        }
    }

    private static String verdict(PDFAFlavour flavour, String path) {
        try (
            FileInputStream file = new FileInputStream(path);
            PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
            PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)
        ) {
            ValidationResult result = validator.validate(parser);
            return result.isCompliant() ? "compliant" : failures(result);
        } catch (Exception error) {
            return "ERROR " + error;
        }
    }

    private static String failures(ValidationResult result) {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, String> messages = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                counts.merge(rule, 1, Integer::sum);
                messages.putIfAbsent(rule, assertion.getMessage() + " at " + assertion.getLocation().getContext());
            }
        }
        StringBuilder told = new StringBuilder();
        for (Map.Entry<String, Integer> one : counts.entrySet()) {
            told.append(told.length() == 0 ? "" : " | ");
            told.append(one.getKey()).append(" x").append(one.getValue()).append(": ").append(messages.get(one.getKey()));
        }
        return told.length() == 0 ? "ERROR no assertion failed, and yet not compliant" : told.toString();
    }
}

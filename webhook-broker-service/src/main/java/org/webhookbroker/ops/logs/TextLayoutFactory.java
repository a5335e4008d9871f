package org.webhookbroker.ops.logs;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.PatternLayoutBase;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.DropwizardLayout;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import java.util.TimeZone;
import java.util.regex.Pattern;

/**
 * Dropwizard's plain lines by name, so that one setting chooses between {@code text} and {@code json}. A message is one line here: what
 * strangers sent may be part of it, and must not look like a line of ours or move the cursor of a terminal.
 */
@JsonTypeName("text")
public final class TextLayoutFactory implements DiscoverableLayoutFactory<ILoggingEvent> {
    @Override
    public PatternLayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone timeZone) {
        DropwizardLayout layout = new Printable(context, timeZone);
        // For all names of the message in a pattern.
        var converters = layout.getInstanceConverterMap();
        converters.put("m", OneLine::new);
        converters.put("msg", OneLine::new);
        converters.put("message", OneLine::new);
        return layout;
    }

    /** A line of a stack trace begins with an exclamation mark, also where the message of an exception has line feeds. */
    private static final class Printable extends DropwizardLayout {
        private static final Pattern UNPRINTABLE =
                Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\u202A-\\u202E\\u2066-\\u2069&&[^\\n\\t]]");

        Printable(LoggerContext context, TimeZone timeZone) {
            super(context, timeZone);
        }

        @Override
        public String doLayout(ILoggingEvent event) {
            return UNPRINTABLE.matcher(super.doLayout(event)).replaceAll("?");
        }
    }

    /** Public for logback. */
    public static final class OneLine extends MessageConverter {
        static final int LONGEST = 8000;

        @Override
        public String convert(ILoggingEvent event) {
            String text = super.convert(event);
            String start = text.length() > LONGEST ? text.substring(0, LONGEST) + " ..." : text;
            return start.replace("\r", "\\r").replace("\n", "\\n");
        }
    }
}

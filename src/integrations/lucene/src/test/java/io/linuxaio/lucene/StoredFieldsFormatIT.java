package io.linuxaio.lucene;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseStoredFieldsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's suite for stored fields, on {@link AioDirectory}, which the property {@code tests.directory} names. */
public class StoredFieldsFormatIT extends BaseStoredFieldsFormatTestCase {
    @Override
    protected Codec getCodec() {
        return TestUtil.getDefaultCodec();
    }
}

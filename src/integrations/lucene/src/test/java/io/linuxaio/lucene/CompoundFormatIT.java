package io.linuxaio.lucene;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseCompoundFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's suite for compound files, on {@link AioDirectory}, which the property {@code tests.directory} names. */
public class CompoundFormatIT extends BaseCompoundFormatTestCase {
    @Override
    protected Codec getCodec() {
        return TestUtil.getDefaultCodec();
    }
}

"""Digital signatures of the printed self-assessment: real PDFs, signed here with a certificate authority made here."""

from __future__ import annotations

import io
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from papers import DAY, NOW, Authority, Holder, print_of

from parindex_web.collect.paper_reading import signed_by
from parindex_web.trust import TrustBroken, anchors_of

DIGEST = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def printed() -> bytes:
    return print_of(DIGEST)


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def leader(root) -> Holder:
    return root.person("Người Ký Thử")


@pytest.fixture
def read(tmp_path, settings, root):
    """What is read of a PDF, with the authority of the test as the trusted one."""
    settings.TRUST = anchors_of(root.pem(tmp_path / "trust"))

    def reading(content: bytes):
        path = tmp_path / "bản ký.pdf"
        path.write_bytes(content)
        return signed_by(path)

    return reading


def fault_of(reading) -> str:
    assert reading.fault is not None
    return reading.fault.vi


def test_a_valid_signature_says_who_when_and_by_whom_it_is_vouched_for(read, printed, leader):
    reading = read(leader.sign(printed, at=NOW - DAY))
    assert reading.fault is None
    [signature] = reading.signatures
    assert (signature.name, signature.organisation) == ("Người Ký Thử", "UBND tỉnh Thử Nghiệm")
    assert (signature.issuer, signature.at) == ("Nơi cấp thử nghiệm", NOW - DAY)
    assert (signature.time_from, signature.trust, signature.revocation) == ("claim", "trusted", "unknown")
    assert signature.serial == f"{leader.certificate.serial_number:X}"


def test_without_a_trusted_list_the_chain_is_not_judged(read, settings, printed, leader):
    settings.TRUST = ()
    reading = read(leader.sign(printed))
    assert reading.fault is None and reading.signatures[0].trust == "unchecked"


def test_an_issuer_that_is_not_on_the_list_is_taken_and_marked(read, printed):
    stranger = Authority("Nơi cấp lạ").person("Người Lạ")
    reading = read(stranger.sign(printed))
    assert reading.fault is None and reading.signatures[0].trust == "unknown"


def test_an_issuer_with_the_name_of_a_trusted_one_is_not_it(read, printed):
    reading = read(Authority().person("Người Mạo Danh").sign(printed))
    assert reading.fault is None and reading.signatures[0].trust in ("unknown", "unfit")


@pytest.mark.parametrize("listed", [True, False])
def test_a_self_signed_certificate_is_marked(read, settings, printed, listed):
    settings.TRUST = settings.TRUST if listed else ()
    reading = read(Holder.of_themselves("Tự Xưng").sign(printed))
    assert reading.fault is None and reading.signatures[0].trust == "self"


def test_a_certificate_made_for_something_else_is_marked(read, printed, root):
    only_stamps = root.person("Máy chủ dấu thời gian", stamps=True)
    assert read(only_stamps.sign(printed)).signatures[0].trust == "unfit"


def test_one_changed_byte_of_what_was_signed_is_seen(read, printed, leader):
    signed = bytearray(leader.sign(printed))
    at = signed.index(b"/Title")
    place = signed.index(b"<", at) + 6
    signed[place : place + 1] = b"1" if signed[place : place + 1] != b"1" else b"2"
    assert "đã bị sửa" in fault_of(read(bytes(signed)))


def test_a_page_added_after_signing_is_seen(read, printed, leader):
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(leader.sign(printed)))
    page, resources = writer.root["/Pages"]["/Kids"][0].get_object(), generic.DictionaryObject()
    stream = generic.StreamObject(stream_data=b"0 0 500 500 re f")
    writer.insert_page(
        generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Page"),
                generic.pdf_name("/MediaBox"): page.get(
                    "/MediaBox", generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
                ),
                generic.pdf_name("/Resources"): resources,
                generic.pdf_name("/Contents"): writer.add_object(stream),
            }
        )
    )
    out = io.BytesIO()
    writer.write(out)
    reading = read(out.getvalue())
    assert "được thêm vào sau khi ký" in fault_of(reading) and reading.signer == "Người Ký Thử"


def test_bytes_behind_the_end_of_what_was_signed_are_seen(read, printed, leader):
    assert read(leader.sign(printed) + b"\n1 0 obj <</A/B>> endobj\n%%EOF\n").fault is not None


def test_two_signatures_one_after_the_other(read, printed, leader, root):
    office = root.person("UBND tỉnh Thử Nghiệm")
    twice = office.sign(leader.sign(printed, at=NOW - DAY), field_name="Dấu cơ quan")
    reading = read(twice)
    assert reading.fault is None
    assert [each.name for each in reading.signatures] == ["Người Ký Thử", "UBND tỉnh Thử Nghiệm"]
    assert {each.trust for each in reading.signatures} == {"trusted"}


def test_a_second_signature_does_not_heal_what_was_changed_after_the_first(read, printed, leader, root):
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(leader.sign(printed)))
    # The table of another file is put over the first page.
    page, _ = writer.find_page_for_modification(0)
    over = writer.add_object(generic.StreamObject(stream_data=b"1 g 0 0 600 850 re f"))
    contents = page.get_object().raw_get("/Contents")
    page.get_object()[generic.pdf_name("/Contents")] = generic.ArrayObject([contents, over])
    writer.update_container(page.get_object())
    out = io.BytesIO()
    writer.write(out)
    reading = read(root.person("Văn thư").sign(out.getvalue(), field_name="Dấu cơ quan"))
    assert "được thêm vào sau khi ký" in fault_of(reading) and reading.signer == "Người Ký Thử"


def test_a_signature_that_was_taken_from_another_document(read, printed, leader):
    """The signature of one print, with its bytes, stands in another print of the same size."""
    other = leader.sign(print_of("fedcba9876543210" * 4))
    theirs = _contents(other)
    # Signatures of this kind differ by a few bytes in length: one that fits exactly into the place of the other.
    signed = next(each for each in iter(lambda: leader.sign(printed), b"") if len(_contents(each)) == len(theirs))
    moved = other.replace(theirs, _contents(signed))
    assert moved != other and len(moved) == len(other) and read(moved).fault is not None


def _contents(content: bytes) -> bytes:
    start = content.index(b"/Contents <")
    return content[start : content.index(b">", start)]


def test_a_certificate_that_had_expired_when_used_is_refused(read, printed, root):
    late = root.person("Người Ký Muộn", valid=(NOW - 400 * DAY, NOW - 30 * DAY))
    words = fault_of(read(late.sign(printed, at=NOW - DAY)))
    assert "hết hạn ngày" in words and (NOW - 30 * DAY + timedelta(hours=7)).strftime("%d/%m/%Y") in words


def test_a_certificate_that_was_not_yet_in_force_is_refused(read, printed, root):
    early = root.person("Người Ký Sớm", valid=(NOW - DAY, NOW + 30 * DAY))
    assert "mới có hiệu lực" in fault_of(read(early.sign(printed, at=NOW - 3 * DAY)))


def test_a_time_of_signing_nobody_can_prove_is_not_enough_once_the_certificate_ran_out(read, printed, root):
    past = root.person("Người Đã Nghỉ", valid=(NOW - 400 * DAY, NOW - 30 * DAY))
    claimed = read(past.sign(printed, at=NOW - 60 * DAY))
    assert claimed.fault is None and claimed.signatures[0].trust == "lapsed"
    clock = root.person("Dấu thời gian", stamps=True, valid=(NOW - 400 * DAY, NOW + 400 * DAY))
    stamped = read(past.sign(printed, at=NOW - 60 * DAY, stamper=clock.stamper(NOW - 59 * DAY)))
    [signature] = stamped.signatures
    assert (signature.time_from, signature.at, signature.trust) == ("stamp", NOW - 59 * DAY, "trusted")


def test_a_time_stamp_of_an_unknown_authority_is_named(read, printed, leader):
    clock = Authority("Nơi cấp lạ").person("Dấu thời gian lạ", stamps=True)
    [signature] = read(leader.sign(printed, stamper=clock.stamper(NOW - DAY))).signatures
    assert (signature.time_from, signature.trust) == ("stamp_unknown", "trusted")


def test_proofs_inside_the_file_say_whether_it_was_revoked(read, tmp_path, settings, printed):
    authority = Authority("Nơi cấp có thu hồi")
    settings.TRUST = anchors_of(authority.pem(tmp_path / "others"))
    leader = authority.person("Người Còn Hiệu Lực")
    [signature] = read(leader.sign(printed, crls=[authority.revocations()])).signatures
    assert (signature.trust, signature.revocation) == ("trusted", "good")
    authority.revoked.append((leader.certificate.serial_number, NOW - 10 * DAY))
    words = fault_of(read(leader.sign(printed, crls=[authority.revocations()])))
    assert "đã bị thu hồi ngày" in words


def test_traces_of_a_signature_are_no_signature(read, printed):
    """The words are there, but no field of the form holds a signature."""
    reading = read(printed + b"\n9 0 obj <</Type/Sig/ByteRange [0 1 2 3]/Contents <00>>> endobj\n%%EOF\n")
    assert reading.signatures == ()


def test_a_signature_nobody_can_read_is_refused(read, printed, leader):
    signed = leader.sign(printed)
    at = signed.index(b"/Contents <") + len(b"/Contents <")
    reading = read(signed[:at] + b"00" * 40 + signed[at + 80 :])
    assert "không đọc được chữ ký số" in fault_of(reading)
    assert read(b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF\n").fault is not None


def test_a_file_with_a_password_says_so(read, printed, leader, tmp_path):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(printed)))
    writer.encrypt("mật khẩu", "mật khẩu")
    out = io.BytesIO()
    writer.write(out)
    reading = read(out.getvalue() + b"\n% /ByteRange\n")
    assert "mật khẩu" in fault_of(reading)


def test_nothing_is_fetched(read, tmp_path, settings, printed):
    """A certificate names an address for lists of revoked certificates; nobody calls there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        authority = Authority("Nơi cấp có địa chỉ", address=f"http://127.0.0.1:{server.getsockname()[1]}/crl")
        settings.TRUST = anchors_of(authority.pem(tmp_path / "others"))
        [signature] = read(authority.person("Người Ký Thử").sign(printed)).signatures
        assert (signature.trust, signature.revocation) == ("trusted", "unknown")
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_folder_of_trusted_certificates_is_checked_when_the_server_starts(tmp_path, root):
    from cryptography.hazmat.primitives.serialization import Encoding

    folder = root.pem(tmp_path / "trust")
    (folder / "second.der").write_bytes(Authority("Khác").certificate.public_bytes(Encoding.DER))
    (folder / "README.txt").write_text("not a certificate")
    assert len(anchors_of(folder)) == 2
    (folder / "third.cer").write_bytes(b"?")
    with pytest.raises(TrustBroken, match=r"third\.cer"):
        anchors_of(folder)
    (tmp_path / "empty").mkdir()
    for wrong in (tmp_path / "empty", tmp_path / "missing"):
        with pytest.raises(TrustBroken, match=wrong.name):
            anchors_of(Path(wrong))

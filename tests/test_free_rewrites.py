"""Rewrites as a language model writes them: the order, the pronouns and the words are its own, the facts are not."""

import pytest

from vimedsynth.guards import check_text
from vimedsynth.reports import flat_report

FREE = [
    # report, a rewrite that says the same, twins that do not
    (
        "Vùng đầu cổ: Hạch cổ nhóm IIB bên trái, kích thước 14 x 9 mm, tăng chuyển hóa FDG (SUVmax: 5,3).",
        "Hạch IIB trái đo 1,4 x 0,9 cm, tăng bắt FDG với SUVmax 5,3.",
        ["Hạch III trái đo 1,4 x 0,9 cm, tăng bắt FDG với SUVmax 5,3."],
    ),
    (
        "Hai tuyến mang tai và hai tuyến dưới hàm hấp thu FDG sinh lý.",
        "Các tuyến dưới hàm và mang tai hai bên bắt FDG sinh lý.",
        [
            "Các tuyến dưới hàm và mang tai bên phải bắt FDG sinh lý.",
            "Tuyến mang tai hai bên bắt FDG sinh lý.",
            "Các tuyến dưới hàm và mang tai hai bên bắt FDG bất thường.",
        ],
    ),
    (
        "Ngực: Nốt đặc thùy dưới phổi trái, kích thước 9 mm, không tăng chuyển hóa FDG.",
        "Thùy dưới phổi trái có nốt đặc. Nốt này đo 9 mm và không tăng hấp thu FDG.",
        [
            "Thùy dưới phổi trái có nốt đặc. Nốt này đo 9 mm và tăng hấp thu FDG.",
            "Thùy dưới phổi trái có nốt đặc. Hạch này đo 9 mm và không tăng hấp thu FDG.",
            "Thùy dưới phổi trái có nốt đặc, đo 9 mm, không tăng hấp thu FDG. Tổn thương này là sinh lý.",
            "Thùy dưới phổi trái có nốt đặc, đo 9 mm, không tăng hấp thu FDG. Tổn thương này đã được phẫu thuật.",
            "Thùy dưới phổi trái có nốt đặc, đo 9 mm, không tăng hấp thu FDG. Tổn thương này xâm lấn xung quanh.",
        ],
    ),
    (
        "Khối tụy đuôi 31 mm, tăng chuyển hóa FDG, nghi ngờ ác tính.",
        "Đuôi tụy có khối 31 mm tăng bắt FDG. Tổn thương này nghi ngờ ác tính.",
        ["Đuôi tụy có khối 31 mm tăng bắt FDG, nghi ngờ ác tính. Tổn thương này tương ứng với ác tính."],
    ),
    (
        "Không thấy nốt phúc mạc tăng chuyển hóa FDG.",
        "Nốt phúc mạc tăng bắt FDG không được ghi nhận.",
        ["Nốt phúc mạc tăng bắt FDG được ghi nhận.", "Nốt phúc mạc không tăng bắt FDG."],
    ),
    (
        "Sỏi đài trên thận phải 6 mm, đài bể thận hai bên không giãn.",
        "Đài bể thận hai bên không giãn. Thận phải: sỏi 6 mm ở đài trên.",
        [
            "Đài bể thận hai bên không giãn. Thận phải: sỏi 6 mm ở đài dưới.",
            "Đài bể thận hai bên giãn. Thận phải: sỏi 6 mm ở đài trên.",
            "Đài bể thận phải không giãn. Thận phải: sỏi 6 mm ở đài trên.",
        ],
    ),
    (
        "Gan không to, nang hạ phân thùy VII gan 12 mm, không tăng chuyển hóa FDG.",
        "Gan không to, hạ phân thùy VII có nang 12 mm không tăng bắt FDG.",
        [
            "Gan to, hạ phân thùy VII có nang 12 mm không tăng bắt FDG.",
            "Hạ phân thùy VII gan có nang 12 mm không tăng bắt FDG.",
        ],
    ),
    (
        "Nang gan hạ phân thùy II 8 mm, không tăng chuyển hóa FDG. Nốt gan hạ phân thùy V 15 mm, tăng chuyển hóa FDG.",
        "Hạ phân thùy V của gan có nốt 15 mm tăng bắt FDG, hạ phân thùy II có nang 8 mm không tăng bắt FDG.",
        [
            "Hạ phân thùy V của gan có nốt 15 mm không tăng bắt FDG, hạ phân thùy II có nang 8 mm tăng bắt FDG.",
            "Hạ phân thùy II của gan có nốt 15 mm tăng bắt FDG, hạ phân thùy V có nang 8 mm không tăng bắt FDG.",
        ],
    ),
    (
        "Hạch cạnh động mạch chủ bụng dưới mức tĩnh mạch thận, 11 mm, tăng chuyển hóa FDG nhẹ.",
        "Cạnh động mạch chủ bụng, phía dưới mức tĩnh mạch thận, có hạch 11 mm tăng bắt nhẹ.",
        ["Cạnh động mạch chủ bụng, phía trên mức tĩnh mạch thận, có hạch 11 mm tăng bắt nhẹ."],
    ),
    (
        "Tử cung và hai phần phụ đã phẫu thuật cắt bỏ. Tại mỏm cắt âm đạo có tổ chức mô mềm 13 mm, nghi ngờ tái phát.",
        "Sau phẫu thuật cắt bỏ tử cung và phần phụ hai bên, mỏm cắt âm đạo có mô mềm 13 mm, nghi tái phát.",
        [
            "Sau phẫu thuật cắt bỏ tử cung và phần phụ bên phải, mỏm cắt âm đạo có mô mềm 13 mm, nghi tái phát.",
            "Tử cung và phần phụ hai bên bình thường, mỏm cắt âm đạo có mô mềm 13 mm, nghi tái phát.",
        ],
    ),
    (
        "Nốt tuyến thượng thận trái tăng chuyển hóa FDG nhẹ, chưa loại trừ di căn, đề nghị chụp MRI thượng thận.",
        "Đề nghị chụp MRI thượng thận vì nốt ở thượng thận trái tăng bắt FDG nhẹ, di căn chưa được loại trừ.",
        [
            "Đề nghị chụp MRI gan vì nốt ở thượng thận trái tăng bắt FDG nhẹ, di căn chưa được loại trừ.",
            "Đề nghị chụp MRI thượng thận vì nốt ở thượng thận trái tăng bắt FDG nhẹ, nhiều khả năng di căn.",
            "Đề nghị sinh thiết thượng thận vì nốt ở thượng thận trái tăng bắt FDG nhẹ, di căn chưa được loại trừ.",
        ],
    ),
    (
        "Khối thùy trên phổi phải 40 mm, tăng chuyển hóa FDG. Hạch rốn phổi phải 12 mm, tăng chuyển hóa FDG.",
        "Thùy trên phổi phải có khối 40 mm tăng hấp thu FDG. Cùng bên, rốn phổi có hạch 12 mm tăng hấp thu FDG.",
        ["Thùy trên phổi trái có khối 40 mm tăng hấp thu FDG. Cùng bên, rốn phổi có hạch 12 mm tăng hấp thu FDG."],
    ),
    (
        "Dày thành đại tràng sigma dài 40 mm. Hai hạch mạc treo cạnh đại tràng sigma, hạch lớn nhất 10 x 7 mm.",
        "Đại tràng sigma dày thành trên một đoạn 4 cm. Cạnh đó, trong mạc treo có hai hạch, hạch lớn nhất 10 x 7 mm.",
        ["Đại tràng xuống dày thành trên một đoạn 4 cm. Cạnh đó, trong mạc treo có hai hạch, hạch lớn nhất 10 x 7 mm."],
    ),
    (
        "Hạch trung thất nhóm 4L kích thước 21 x 15 mm và nhóm 7 kích thước 18 x 12 mm, tăng chuyển hóa FDG "
        "(SUVmax lần lượt là 9,7 và 8,2).",
        "Nhóm 4L trung thất có hạch 21 x 15 mm tăng bắt FDG (SUVmax 9,7), nhóm 7 có hạch 18 x 12 mm tăng bắt FDG (SUVmax 8,2).",
        [
            "Nhóm 4L trung thất có hạch 21 x 15 mm tăng bắt FDG (SUVmax 8,2), nhóm 7 có hạch 18 x 12 mm tăng bắt FDG (SUVmax 9,7).",
            "Hạch trung thất nhóm 4L 21 x 15 mm SUVmax 8,2, nhóm 7 18 x 12 mm SUVmax 9,7, tăng bắt FDG.",
        ],
    ),
    (
        "Hạch cổ nhóm IIA bên phải 17 x 12 mm, tăng chuyển hóa FDG (SUVmax: 8,6). Hạch cổ nhóm III bên trái 7 x 5 mm, "
        "không tăng chuyển hóa FDG.",
        "Có hạch cổ ở nhóm IIA bên phải và nhóm III bên trái, kích thước lần lượt 17 x 12 mm và 7 x 5 mm, trong đó hạch "
        "IIA phải tăng bắt FDG (SUVmax 8,6), hạch III trái không tăng bắt FDG.",
        [
            "Có hạch cổ ở nhóm IIA bên phải và nhóm III bên trái, kích thước lần lượt 7 x 5 mm và 17 x 12 mm, trong đó hạch "
            "IIA phải tăng bắt FDG (SUVmax 8,6), hạch III trái không tăng bắt FDG.",
            "Có hạch cổ ở nhóm IIA bên phải và nhóm III bên trái, kích thước lần lượt 17 x 12 mm và 7 x 5 mm, trong đó hạch "
            "IIA phải không tăng bắt FDG, hạch III trái tăng bắt FDG (SUVmax 8,6).",
        ],
    ),
    (
        "Nốt nhỏ thùy giữa phổi phải, đề nghị theo dõi bằng CT ngực sau 3 tháng. Ổ tiêu xương D10, nghi ngờ di căn phổi phải.",
        "Thùy giữa phổi phải có nốt nhỏ, nên theo dõi bằng CT ngực sau 3 tháng. D10 có ổ tiêu xương, nghi di căn phổi phải.",
        [
            "Thùy giữa phổi phải có nốt nhỏ, nên theo dõi bằng CT ngực sau 6 tháng. D10 có ổ tiêu xương, nghi di căn phổi phải.",
            "Thùy giữa phổi phải có nốt nhỏ, nên theo dõi bằng CT ngực sau 3 tháng. D10 có ổ tiêu xương, nghi di căn phổi trái.",
        ],
    ),
    (
        "Khối đầu tụy 30 mm, gây giãn đường mật trong gan. Hạch cảnh cao trái 9 mm.",
        "Đầu tụy có khối 30 mm gây giãn đường mật trong gan. Hạch cảnh cao bên trái đo 9 mm.",
        [
            "Đầu tụy có khối 30 mm gây giãn đường mật ngoài gan. Hạch cảnh cao bên trái đo 9 mm.",
            "Đầu tụy có khối 30 mm gây giãn đường mật trong gan. Hạch cảnh thấp bên trái đo 9 mm.",
        ],
    ),
    (
        "Không phát hiện di căn phổi và di căn xương. Hạch nách hai bên dưới 10 mm, còn cấu trúc rốn hạch.",
        "Không thấy di căn phổi, không thấy di căn xương. Hạch nách hai bên dưới 10 mm, cấu trúc rốn hạch còn bảo tồn.",
        [
            "Không thấy di căn phổi, có di căn xương. Hạch nách hai bên dưới 10 mm, cấu trúc rốn hạch còn bảo tồn.",
            "Không thấy di căn phổi, không thấy di căn xương. Hạch nách hai bên trên 10 mm, cấu trúc rốn hạch còn bảo tồn.",
            "Không thấy di căn phổi, không thấy di căn xương. Hạch nách hai bên dưới 10 mm, cấu trúc rốn hạch bị mất.",
        ],
    ),
    (
        "Vùng cổ: Hạch 12 mm cạnh khí quản, tăng chuyển hóa FDG.",
        "Cổ: Hạch cạnh khí quản đo 12 mm tăng bắt FDG.",
        ["Ngực: Hạch cạnh khí quản đo 12 mm tăng bắt FDG."],
    ),
    (
        "Chỉ định: u phổi phải. Nốt phổi phải 12 mm, tăng chuyển hóa FDG.",
        "Chỉ định: u phổi phải. Phổi phải có nốt 12 mm tăng bắt FDG.",
        [
            "Chỉ định: u gan. Phổi phải có nốt 12 mm tăng bắt FDG.",
            "Tiền sử: xạ trị. Phổi phải có nốt 12 mm tăng bắt FDG.",
        ],
    ),
    (
        "Khối phổi phải 30 mm. Hạch rốn phổi 12 mm.",
        "Phổi phải có khối 30 mm. Rốn phổi có hạch 12 mm.",
        ["Phổi phải có khối 30 mm. Rốn phổi đối bên có hạch 12 mm."],
    ),
    (
        "Hạch trung thất nhóm 5 và hạch rốn phổi trái tăng chuyển hóa FDG. Dày thành trực tràng dài 50 mm, chỗ dày nhất 17 mm.",
        "Hạch rốn phổi trái cùng hạch nhóm 5 trung thất tăng bắt FDG. Trực tràng có đoạn dày thành dài 5 cm, nơi dày nhất 17 mm.",
        [
            "Hạch trung thất trái cùng hạch nhóm 5 rốn phổi tăng bắt FDG. Trực tràng có đoạn dày thành dài 5 cm, nơi dày nhất 17 mm.",
            "Hạch rốn phổi trái cùng hạch nhóm 5 trung thất tăng bắt FDG. Trực tràng có đoạn dày thành dài 17 mm, nơi dày nhất 50 mm.",
        ],
    ),
]


@pytest.mark.parametrize(("report", "rewrite", "twins"), FREE)
def test_a_free_rewrite_is_accepted_and_its_false_twins_are_not(report: str, rewrite: str, twins: list[str]) -> None:
    source = flat_report(report)
    assert [(o.code, o.message) for o in check_text(source, rewrite).objections] == []
    assert [twin for twin in twins if check_text(source, twin).accepted] == []

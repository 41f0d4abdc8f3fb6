"""What a report reads a finding as, how certain it is, and what it denies: true answers beside false ones near them."""

import pytest

from vimedsynth.facts import sentence_facts
from vimedsynth.guards import check_answer, check_text
from vimedsynth.reports import flat_report

REPORT = (
    "Chỉ định: Ung thư trực tràng đã phẫu thuật. Hình ảnh tuyến giáp tăng hấp thu FDG lan tỏa, SUVmax 4,4, không "
    "thấy nốt khu trú. Hình ảnh dây thanh trái tăng hấp thu FDG, SUVmax 3,7, không thấy khối. Hình ảnh hạch cổ phải "
    "nhóm IIA kích thước 14 x 9 mm, tăng hấp thu FDG, SUVmax 6,1. Hình ảnh hạch cổ trái nhóm III kích thước 8 x 5 "
    "mm, không tăng hấp thu FDG. Hình ảnh dày thành thực quản 1/3 giữa, chỗ dày nhất 16 mm, tăng hấp thu FDG mạnh, "
    "SUVmax 12,4. Hình ảnh vài hạch rốn phổi hai bên tăng hấp thu nhẹ FDG, SUVmax 2,8, không thấy hạch to. Hình ảnh "
    "nốt hạ phân thùy VI gan 21 mm, tăng hấp thu FDG, SUVmax 8,2, không thấy huyết khối. Hình ảnh nốt hạ phân thùy "
    "III gan 13 mm, tăng hấp thu FDG, SUVmax 6,6. Hình ảnh nang gan hạ phân thùy II 15 mm, không tăng hấp thu FDG. "
    "Hình ảnh miệng nối đại trực tràng tăng hấp thu FDG nhẹ, SUVmax 3,1, không thấy khối. Hình ảnh ổ dịch trước "
    "xương cùng kích thước 30 x 20 mm, không tăng hấp thu FDG. Hình ảnh lách to, chiều dài 140 mm, tăng hấp thu FDG "
    "lan tỏa, không thấy nốt khu trú, nghĩ đến phản ứng. Hình ảnh tủy xương tăng hấp thu FDG lan tỏa, không có ổ khu "
    "trú. Hình ảnh gãy cung sau xương sườn VI trái, tăng hấp thu FDG nhẹ, SUVmax 2,2, không thấy tổn thương tiêu "
    "xương. Hình ảnh ổ đặc xương thân đốt sống L1 11 mm, không tăng hấp thu FDG. Kết luận: Dày thành thực quản 1/3 "
    "giữa tăng hấp thu FDG, tương ứng với ung thư thực quản. Hạch cổ hai bên tăng hấp thu FDG, nhiều khả năng di căn "
    "hạch. Tổn thương gan tương ứng với di căn. Hạch rốn phổi hai bên khả năng viêm mạn tính. Miệng nối tăng hấp thu "
    "FDG nhẹ, nhiều khả năng do viêm sau mổ, chưa loại trừ tái phát. Ổ dịch trước xương cùng, khả năng tụ dịch sau "
    "mổ. Gãy xương sườn VI trái, phù hợp với gãy cũ."
)

ANSWERS = [  # question, what the report bears out, what it does not
    ("Tuyến giáp có nốt không?", "Tuyến giáp tăng hấp thu lan tỏa, không kèm nốt khu trú.",
     ["Tuyến giáp không tăng hấp thu, không kèm nốt khu trú.",
      "Tuyến giáp tăng hấp thu lan tỏa, không thấy vôi hóa.", "Tuyến giáp tăng hấp thu lan tỏa, không thấy khối.",
      "Có, tuyến giáp có nốt khu trú."]),
    ("Dây thanh có khối không?", "Dây thanh trái tăng hấp thu, cũng không thấy khối.",
     ["Dây thanh phải tăng hấp thu, không thấy khối.", "Dây thanh phải không thấy khối.",
      "Dây thanh hai bên không thấy khối.", "Thanh quản không thấy khối."]),
    ("Rốn phổi có hạch không?", "Có vài hạch rốn phổi hai bên.",
     ["Rốn phổi hai bên không thấy hạch.", "Không thấy hạch rốn phổi tăng hấp thu FDG."]),
    ("Nốt gan hạ phân thùy VI có kèm huyết khối không?", "Nốt 21 mm, không thấy huyết khối.",
     ["Gan không thấy nốt.", "Hạ phân thùy III không thấy huyết khối.", "Cả gan không có huyết khối.",
      "Gan không thấy huyết khối và không thấy nang."]),
    ("Miệng nối có khối không?", "Miệng nối chỉ tăng hấp thu nhẹ, không có khối.",
     ["Miệng nối không dày thành.", "Trực tràng và đại tràng không có khối.",
      "Miệng nối không tăng hấp thu, không có khối."]),
    ("Miệng nối có tái phát không?", "Chưa khẳng định được. Miệng nối tăng hấp thu nhẹ, không có khối, nhiều khả năng là viêm sau mổ, vẫn chưa loại trừ tái phát.",
     ["Miệng nối tăng hấp thu nhẹ, không có khối, nhiều khả năng là tái phát.",
      "Miệng nối nhiều khả năng tái phát, chưa loại trừ viêm.",
      "Miệng nối tăng hấp thu nhẹ, không có khối, phù hợp với viêm sau mổ.",
      "Miệng nối khả năng viêm, nhiều khả năng tái phát.", "Miệng nối chưa loại trừ viêm.",
      "Miệng nối tăng hấp thu nhẹ, không có khối, nhiều khả năng là lao."]),
    ("Miệng nối?", "Miệng nối nghĩ nhiều đến viêm, tái phát chưa được loại trừ.",
     ["Miệng nối nghĩ nhiều đến tái phát, viêm chưa được loại trừ.", "Miệng nối nghĩ nhiều đến viêm và tái phát.",
      "Miệng nối nghi ngờ viêm và tái phát."]),
    ("Lách?", "Lách to, tăng hấp thu lan tỏa, không thấy nốt khu trú, có thể là phản ứng.",
     ["Lách to, không thấy nốt khu trú, nghi ngờ di căn.",
      "Lách to, không thấy nốt khu trú, nhiều khả năng là phản ứng."]),
    ("Xương sườn VI trái?", "Gãy cung sau xương sườn VI trái, không thấy ổ tiêu xương.",
     ["Gãy cung sau xương sườn VI trái, không thấy đặc xương.",
      "Không thấy tổn thương tiêu xương hay đặc xương ở xương sườn VI trái.", "L1 không thấy ổ tiêu xương.",
      "Không thấy ổ tiêu xương ở xương sườn VI phải.", "Không thấy gãy xương sườn VI trái."]),
    ("Tủy xương?", "Tủy xương tăng hấp thu lan tỏa, không có ổ khu trú nào.",
     ["Tủy xương có ổ khu trú.", "Gan không có ổ khu trú nào.", "Đốt sống L1 không có ổ khu trú nào.",
      "Thực quản không có ổ khu trú nào."]),
    ("Hạch cổ phải là gì?", "Hạch nhóm IIA bên phải 14 x 9 mm, nhiều khả năng là hạch di căn.",
     ["Hạch nhóm III bên trái nhiều khả năng là hạch di căn.", "Hạch nhóm IIA bên phải tương ứng với di căn.",
      "Hạch nhóm IIA bên phải khả năng viêm.", "Hạch rốn phổi nhiều khả năng di căn."]),
    ("Nốt gan hạ phân thùy VI là gì?", "Nốt hạ phân thùy VI gan tương ứng với di căn.",
     ["Nốt hạ phân thùy VI gan nghi ngờ di căn.", "Nang gan hạ phân thùy II tương ứng với di căn.",
      "Ổ đặc xương L1 tương ứng với di căn."]),
    ("Nốt gan hạ phân thùy III là gì?", "Nốt hạ phân thùy III gan 13 mm phù hợp di căn.",
     ["Nốt hạ phân thùy III gan 13 mm phù hợp viêm.", "Nốt hạ phân thùy III gan 21 mm phù hợp di căn."]),
    ("Ổ dịch trước xương cùng là gì?", "Khả năng là tụ dịch hậu phẫu.",
     ["Khả năng là áp xe.", "Nhiều khả năng là tụ dịch hậu phẫu.", "Khả năng là di căn."]),
    ("Thực quản thế nào?", "U thực quản 1/3 giữa dày nhất 16 mm, SUVmax 12,4.",
     ["U thực quản 1/3 dưới dày nhất 16 mm.", "U thực quản 1/3 giữa dày nhất 12 mm.", "U miệng nối SUVmax 3,1.",
      "U lách dài 140 mm.", "U rốn phổi SUVmax 2,8."]),
    ("Lách có phải di căn không?", "Báo cáo không nhận định là di căn: lách to, tăng hấp thu lan tỏa, có thể là phản ứng.",
     ["Báo cáo không nhận định là phản ứng.",
      "Báo cáo không nhận định là di căn: lách to, nhiều khả năng là phản ứng."]),
    ("Lách có phải di căn không?", "Không phải di căn mà nghĩ đến phản ứng.",
     ["Không phải phản ứng mà nghĩ đến di căn."]),
    ("Ổ dịch trước xương cùng có phải di căn không?", "Không nhận định là di căn mà khả năng là tụ dịch sau mổ.",
     ["Không nhận định là tụ dịch sau mổ, khả năng di căn."]),
    ("Miệng nối có tái phát không?", "Miệng nối nghĩ nhiều đến viêm.",
     ["Báo cáo không nói tái phát ở miệng nối.", "Không phải tái phát mà nhiều khả năng do viêm.",
      "Không phải tái phát, nhiều khả năng do viêm."]),
    ("Hạch cổ phải có phải di căn không?", "Hạch cổ phải nhóm IIA nhiều khả năng di căn.",
     ["Hạch nhóm IIA bên phải không phải di căn.", "Báo cáo không nhận định là di căn."]),
    ("Nốt gan hạ phân thùy III có phải di căn không?", "Có, tương ứng với di căn.",
     ["Không phải di căn.", "Báo cáo không nhận định là di căn: nốt hạ phân thùy III gan 13 mm."]),
    ("Hạch rốn phổi có phải di căn không?", "Báo cáo không nhận định là di căn: hạch rốn phổi hai bên khả năng viêm mạn tính.",
     ["Báo cáo không nhận định là viêm: hạch rốn phổi hai bên nghi di căn."]),
    ("Tuyến giáp có phải ung thư không?", "Tuyến giáp tăng hấp thu lan tỏa, SUVmax 4,4.",
     ["Báo cáo không nhận định là ung thư.", "Không phải ung thư mà là viêm."]),
    ("Thực quản có gì bất thường?", "Thực quản 1/3 giữa dày tối đa 16 mm.",
     ["Thực quản 1/3 giữa dày tối đa 6 mm.", "Miệng nối dày tối đa 16 mm."]),
]  # fmt: skip

MORE = [  # question, answer borne out by REPORT
    ("Hạch cổ phải được nhận định thế nào?", "Bác sĩ nghĩ nhiều đến di căn."),
    ("Hạch cổ phải được nhận định thế nào?", "Báo cáo nghiêng về di căn hạch."),
    ("Hạch cổ phải được nhận định thế nào?", "Được đọc là nhiều khả năng di căn hạch."),
    ("Miệng nối được nhận định thế nào?", "Nhiều khả năng chỉ là viêm sau mổ, song tái phát vẫn chưa được loại trừ."),
    ("Miệng nối có tái phát không?", "Tái phát chưa được loại trừ."),
    ("Miệng nối có khối không?", "Không có khối nào tại miệng nối."),
    ("U thực quản có SUVmax bao nhiêu?", "SUVmax 12,4."),
    ("Lách thế nào?", "Lách to 140 mm, tăng hấp thu lan tỏa và không kèm nốt; nghĩ đến phản ứng."),
    ("Lách có bị di căn không?", "Báo cáo không nghĩ đến di căn mà nghĩ đến phản ứng."),
    ("Xương sườn VI trái có di căn không?", "Không, đây là gãy cũ, không thấy tiêu xương."),
    ("Tuyến giáp có nốt không?", "Không, chỉ tăng hấp thu lan tỏa."),
    ("Hạch rốn phổi là gì?", "Có khả năng là viêm mạn tính."),
]  # fmt: skip

OTHER = (
    "Hình ảnh nốt gan hạ phân thùy VI 20 mm, tăng hấp thu FDG, SUVmax 5,5, không thấy nốt khác. Hình ảnh nốt thùy "
    "trên phổi phải 12 mm, tăng hấp thu FDG, SUVmax 3,3, nang gan hạ phân thùy III 10 mm, không thấy vôi hóa. Không "
    "thấy nốt phổi trái, ngoài một nốt S3 8 mm không tăng hấp thu FDG. Hố nách phải không thấy hạch, hố nách trái "
    "hai hạch 12 mm và 9 mm, tăng hấp thu FDG. Hình ảnh nốt cạnh sẹo mổ thành bụng 14 mm, tăng hấp thu FDG, SUVmax "
    "4,0. Hình ảnh dày thành dạ dày hang vị, chỗ dày nhất 13 mm, tăng hấp thu FDG, SUVmax 6,6, không thấy hạch bờ "
    "cong nhỏ. Hình ảnh hạch cổ phải nhóm III 11 mm, tăng hấp thu FDG, SUVmax 5,0. Hình ảnh hạch cổ trái nhóm III 12 "
    "mm, tăng hấp thu FDG, SUVmax 4,8. Hình ảnh hạch cổ trái nhóm V 7 mm, không tăng hấp thu FDG. Hình ảnh vùng giảm "
    "hấp thu thùy trán trái, tương ứng nhồi máu cũ. Hình ảnh ba nốt tiêu xương L1, L3 và L5 tăng hấp thu FDG. Hình "
    "ảnh amidan hai bên tăng hấp thu FDG cân đối, sinh lý. Kết luận: Dày thành hang vị nghi ngờ ung thư dạ dày. Hạch "
    "cổ trái tăng hấp thu FDG, nhiều khả năng di căn. Nốt gan hạ phân thùy VI, nghi ngờ di căn, chưa loại trừ lao. "
    "Nốt cạnh sẹo mổ, nghi ngờ tái phát. Nốt phổi phải nhiều khả năng viêm, chưa loại trừ u nguyên phát. Không thấy "
    "di căn xa."
)

SAID = [  # question, answer, whether the report bears it out
    ("Dạ dày?", "Dạ dày không thấy hạch bờ cong lớn.", False),
    ("Hạch cổ?", "Bên trái có hạch ở nhóm III, nhiều khả năng di căn.", True),
    ("Hạch cổ?", "Bên phải có hạch ở nhóm III, nhiều khả năng di căn.", False),
    ("Nốt phổi phải?", "Nghiêng về viêm, nhiều khả năng vậy.", True),
    ("Nốt phổi phải?", "Nghiêng về viêm, chắc chắn là vậy.", False),
    ("Gan?", "Hạ phân thùy VI không thấy nốt.", False),
    ("Gan?", "Gan không thấy nốt.", False),
    ("Nốt phổi phải?", "Nốt phổi phải 12 mm, không vôi hóa.", False),
    ("Nang gan?", "Nang gan hạ phân thùy III, không thấy vôi hóa.", True),
    ("Nang gan?", "Nang gan hạ phân thùy VI, không thấy vôi hóa.", False),
    ("Phổi trái?", "Không thấy nốt phổi trái.", False),
    ("Phổi trái?", "Phổi trái có một nốt S3 12 mm.", False),
    ("Phổi trái có nốt không?", "Có một nốt S8 8 mm.", False),
    ("Nách?", "Hố nách trái không thấy hạch.", False),
    ("Nách?", "Hố nách phải không thấy hạch.", True),
    ("Nách?", "Hố nách phải có hai hạch.", False),
    ("Nách?", "Hai bên nách không thấy hạch.", False),
    ("Nách?", "Hố nách trái có hai hạch tăng hấp thu FDG.", True),
    ("Nốt thành bụng là gì?", "Nốt cạnh sẹo mổ là biến đổi sau mổ.", False),
    ("Nốt thành bụng là gì?", "Nốt cạnh sẹo mổ nghi ngờ tái phát.", True),
    ("Nốt thành bụng là gì?", "Nốt cạnh sẹo mổ nhiều khả năng là viêm sau mổ.", False),
    ("Nốt thành bụng?", "Không nhận định là tái phát.", False),
    ("Dạ dày?", "U dạ dày hang vị dày 13 mm.", False),
    ("Dạ dày?", "Hang vị dày 13 mm, nghi ngờ ung thư.", True),
    ("Dạ dày?", "Hang vị dày 13 mm, tương ứng ung thư.", False),
    ("Dạ dày?", "Hang vị dày, không thấy hạch bờ cong nhỏ.", True),
    ("Dạ dày?", "Hang vị không dày.", False),
    ("Hạch cổ?", "Hạch cổ trái nhóm III nhiều khả năng di căn.", True),
    ("Hạch cổ?", "Hạch cổ phải nhóm III nhiều khả năng di căn.", False),
    ("Hạch cổ?", "Hạch cổ trái nhóm V nhiều khả năng di căn.", False),
    ("Hạch cổ?", "Hạch cổ hai bên nhiều khả năng di căn.", False),
    ("Hạch cổ?", "Hạch cổ trái nhóm III nghi ngờ di căn.", False),
    ("Hạch cổ?", "Hạch cổ trái nhóm III tương ứng với di căn.", False),
    ("Não?", "Nhồi máu cũ thùy trán trái.", True),
    ("Não?", "Nhồi máu cũ thùy trán phải.", False),
    ("Não?", "Nghi ngờ nhồi máu thùy trán trái.", False),
    ("Não?", "Xuất huyết cũ thùy trán trái.", False),
    ("Não?", "Không thấy nhồi máu.", False),
    ("Di căn xa?", "Chưa thấy di căn xa.", True),
    ("Di căn?", "Chưa thấy di căn.", False),
    ("Di căn?", "Chưa thấy di căn hạch.", False),
    ("Di căn?", "Không thấy di căn gan.", False),
    ("Di căn?", "Có di căn xa.", False),
    ("Nốt gan?", "Nốt gan nghi ngờ lao, chưa loại trừ di căn.", True),
    ("Nốt gan?", "Nốt gan nhiều khả năng di căn, chưa loại trừ lao.", False),
    ("Nốt phổi phải?", "Nốt phổi phải chưa loại trừ u nguyên phát, nhiều khả năng viêm.", True),
    ("Nốt phổi phải?", "Nốt phổi phải nhiều khả năng u nguyên phát, chưa loại trừ viêm.", False),
    ("Nốt phổi phải?", "Nốt phổi phải nhiều khả năng viêm.", True),
    ("Nốt phổi phải?", "Nốt phổi phải nhiều khả năng u nguyên phát.", False),
    ("Nốt phổi phải?", "Nốt phổi phải không phải u nguyên phát mà nhiều khả năng viêm.", False),
    ("Nốt phổi phải?", "U phổi phải 12 mm.", False),
    ("Nốt phổi phải?", "Nốt phổi phải 12 mm, phù hợp viêm.", False),
    ("Amidan có phải ung thư không?", "Báo cáo không nhận định là ung thư: amidan hai bên tăng hấp thu sinh lý.", True),
    ("Amidan?", "Báo cáo không nhận định là sinh lý.", False),
    ("Xương?", "Không thấy ổ tiêu xương ở L3.", False),
    ("Xương?", "Không thấy tiêu xương.", False),
]  # fmt: skip

SPREAD = (
    "Hình ảnh khối thùy dưới phổi trái 22 mm, tăng hấp thu FDG, SUVmax 4,4, không xâm lấn trung thất. Hình ảnh khối "
    "thùy trên phổi phải 40 x 30 mm, tăng hấp thu FDG, SUVmax 9,1, xâm lấn màng phổi, không xâm lấn thành ngực. Hình "
    "ảnh xẹp đốt sống L1, không chèn ép ống sống. Khối cổ tử cung 30 mm tăng hấp thu FDG, SUVmax 8,0, xâm lấn âm "
    "đạo, không thấy xâm lấn bàng quang và trực tràng. Không thấy dịch ổ bụng. Không tràn dịch màng phổi."
)

RELATIONS = [  # question, answer, whether the report bears it out
    ("Khối phổi trái?", "Khối phổi trái không xâm lấn thành ngực.", False),
    ("Khối phổi phải?", "Khối phổi phải không xâm lấn trung thất.", False),
    ("Khối phổi trái?", "Khối thùy dưới phổi trái 22 mm, không xâm lấn trung thất.", True),
    ("Trung thất có bị xâm lấn không?", "Trung thất không bị xâm lấn.", True),
    ("Thành ngực có bị xâm lấn không?", "Không.", True),
    ("Khối phổi có xâm lấn không?", "Khối không xâm lấn màng phổi.", False),
    ("Khối phổi có xâm lấn không?", "Không xâm lấn thành ngực.", True),
    ("Khối phổi có xâm lấn màng phổi không?", "Không.", False),
    ("Khối phổi có xâm lấn thành ngực không?", "Không.", True),
    ("Có xâm lấn không?", "Không thấy xâm lấn màng phổi.", False),
    ("L1?", "Xẹp L1, không chèn ép tủy sống.", True),
    ("U có xâm lấn bàng quang không?", "Khối cổ tử cung không xâm lấn bàng quang.", True),
    ("U có xâm lấn bàng quang không?", "Khối cổ tử cung không xâm lấn âm đạo.", False),
    ("U có xâm lấn?", "Không xâm lấn trực tràng, bàng quang.", True),
    ("U có xâm lấn?", "Chưa thấy xâm lấn âm đạo và trực tràng.", False),
    ("U có xâm lấn?", "Chưa thấy xâm lấn tử cung.", False),
    ("U?", "Khối xâm lấn bàng quang.", False),
    ("Khối phổi?", "Khối phổi phải 40 x 30 mm, xâm lấn thành ngực.", False),
]  # fmt: skip

REWRITES = [  # report, rewrite, whether it says the same
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Hình ảnh miệng nối tăng hấp thu FDG nhẹ, chưa loại trừ viêm, nhiều khả năng do tái phát.", False),
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Miệng nối tăng hấp thu FDG mức độ nhẹ, nghĩ nhiều đến viêm, tuy nhiên chưa loại trừ được tái phát.", True),
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Miệng nối tăng hấp thu FDG nhẹ, nghĩ nhiều đến viêm nhưng tái phát chưa được loại trừ.", True),
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Miệng nối tăng hấp thu FDG nhẹ, chưa loại trừ tái phát, nhiều khả năng do viêm.", True),
    ("Lách to, tăng hấp thu FDG lan tỏa, không thấy nốt khu trú, nghĩ đến phản ứng.",
     "Lách to, tăng hấp thu FDG lan tỏa, nghĩ đến phản ứng, không thấy nốt khu trú.", True),
    ("Lách to, tăng hấp thu FDG lan tỏa, không thấy nốt khu trú, nghĩ đến phản ứng.",
     "Lách to, tăng hấp thu FDG lan tỏa, không thấy nốt khu trú, nghi ngờ phản ứng.", False),
    ("Vùng cổ trái thay đổi sau mổ, không thấy hạch tăng hấp thu FDG.",
     "Vùng cổ trái biến đổi sau phẫu thuật, không thấy hạch tăng hấp thu FDG.", True),
    ("Miệng nối không dày thành, tăng nhẹ chuyển hóa FDG, SUVmax 2,9.",
     "Miệng nối dày thành, tăng nhẹ chuyển hóa FDG, SUVmax 2,9.", False),
    ("Hố nách phải không thấy hạch, hố nách trái vài hạch, lớn nhất 11 mm.",
     "Hố nách trái không thấy hạch, hố nách phải vài hạch, lớn nhất 11 mm.", False),
    ("Hố nách phải không thấy hạch, hố nách trái vài hạch, lớn nhất 11 mm.",
     "Hố nách trái có vài hạch, lớn nhất 11 mm; hố nách phải không thấy hạch.", True),
    ("Xơ hóa đỉnh phổi trái sau xạ trị, không tăng chuyển hóa FDG.", "Đỉnh phổi trái xơ hóa sau xạ, không tăng chuyển hóa FDG.", True),
    ("Xơ hóa đỉnh phổi trái sau xạ trị, không tăng chuyển hóa FDG.", "Đỉnh phổi trái xơ hóa sau hóa trị, không tăng chuyển hóa FDG.", False),
    ("Gan có hai tổn thương 14 mm và 25 mm, tăng chuyển hóa FDG, SUVmax lần lượt là 5,8 và 8,3.",
     "Hai tổn thương ở gan tăng chuyển hóa FDG: tổn thương 14 mm có SUVmax 5,8, tổn thương 25 mm có SUVmax 8,3.", True),
    ("Gan có hai tổn thương 14 mm và 25 mm, tăng chuyển hóa FDG, SUVmax lần lượt là 5,8 và 8,3.",
     "Hai tổn thương ở gan tăng chuyển hóa FDG: tổn thương 14 mm có SUVmax 8,3, tổn thương 25 mm có SUVmax 5,8.", False),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), ANSWERS)
def test_an_answer_says_no_more_than_the_report_reads_and_denies(question: str, true: str, false: list[str]) -> None:
    report = flat_report(REPORT)
    assert check_answer(report, question, true).accepted
    assert [answer for answer in false if check_answer(report, question, answer).accepted] == []


@pytest.mark.parametrize(("question", "answer"), MORE)
def test_a_reading_retold_is_followed(question: str, answer: str) -> None:
    assert check_answer(flat_report(REPORT), question, answer).accepted


@pytest.mark.parametrize(("question", "answer", "supported"), SAID)
def test_a_reading_and_a_denial_are_of_just_that_finding(question: str, answer: str, supported: bool) -> None:
    assert check_answer(flat_report(OTHER), question, answer).accepted == supported


@pytest.mark.parametrize(("question", "answer", "supported"), RELATIONS)
def test_what_does_not_spread_is_denied_of_that_neighbour(question: str, answer: str, supported: bool) -> None:
    assert check_answer(flat_report(SPREAD), question, answer).accepted == supported


@pytest.mark.parametrize(("report", "rewrite", "same"), REWRITES)
def test_a_rewrite_keeps_the_certainty_of_each_reading(report: str, rewrite: str, same: bool) -> None:
    assert check_text(flat_report(report), rewrite).accepted == same


@pytest.mark.parametrize(
    ("sentence", "tiers"),
    [
        ("Nốt nhiều khả năng do viêm, chưa loại trừ di căn.", {"inflammation": "likely", "metastasis": "suspect"}),
        ("Nốt có khả năng viêm nhưng di căn chưa được loại trừ.", {"inflammation": "probable", "metastasis": "suspect"}),
        ("Nốt tương ứng với di căn, nghi ngờ viêm do lao.",
         {"metastasis": "definite", "inflammation": "suspect", "tuberculosis": "suspect"}),
        ("Nốt nghi ngờ viêm hoặc di căn.", {}),
    ],
)  # fmt: skip
def test_each_reading_has_the_certainty_said_of_it(sentence: str, tiers: dict[str, str]) -> None:
    (fact,) = sentence_facts(sentence)
    assert dict(fact.tiers) == tiers


def test_a_question_is_no_side() -> None:
    """ "có phải" asks; it is not "bên phải"."""
    (fact,) = sentence_facts("Hạch này có phải di căn không?")
    assert not fact.sides

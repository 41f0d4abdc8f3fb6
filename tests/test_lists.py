"""What is said once of a list, of two sides, of places in other words: each true answer beside its false twins."""

import pytest

from vimedsynth.facts import sentence_facts
from vimedsynth.guards import check_answer, check_text
from vimedsynth.reports import Section, flat_report, sectioned_report
from vimedsynth.sources import source_of

COUNTED = (
    "Hình ảnh hạch rốn phổi trái (nhóm 10L) kích thước 18 x 11 mm, tăng hấp thu FDG, SUVmax 9,3. Hình ảnh hạch "
    "cạnh khí quản phải (nhóm 2R) kích thước 15 x 12 mm, tăng hấp thu FDG, SUVmax 6,8. Hình ảnh hạch dưới carina "
    "kích thước 9 mm, không tăng hấp thu FDG. Hình ảnh nốt đặc thùy giữa phổi phải đường kính 12 mm, tăng hấp "
    "thu FDG, SUVmax 3,4. Hình ảnh ba tổn thương giảm tỷ trọng trong gan tăng hấp thu FDG: hạ phân thùy II kích "
    "thước 24 x 20 mm, SUVmax 8,1; hạ phân thùy VI kích thước 16 mm, SUVmax 5,5; hạ phân thùy VIII kích thước 11 "
    "mm, SUVmax 7,9. Hình ảnh nang gan hạ phân thùy V đường kính 13 mm, không tăng hấp thu FDG. Hình ảnh các tổn "
    "thương tiêu xương tăng hấp thu FDG: thân đốt sống T11 kích thước 17 mm, SUVmax 6,1; thân đốt sống L4 kích "
    "thước 26 mm, SUVmax 10,4; cánh chậu phải, SUVmax 7,2; xương ức kích thước 14 mm, SUVmax 5,0. Hình ảnh nang "
    "thận phải kích thước 31 mm, nang thận trái kích thước 18 mm, không tăng hấp thu FDG. Kết luận: Hạch rốn "
    "phổi trái và hạch trung thất nhóm 2R tăng hấp thu FDG, nhiều khả năng di căn. Các tổn thương gan hạ phân "
    "thùy II, VI và VIII tương ứng với di căn gan. Các tổn thương xương tương ứng với di căn xương. Nốt thùy "
    "giữa phổi phải nghi ngờ di căn."
)

SIDES = (
    "Hình ảnh khối gan hạ phân thùy V kích thước 41 x 35 mm, tăng hấp thu FDG, SUVmax 12,2. Hình ảnh nốt gan hạ "
    "phân thùy III kích thước 18 x 15 mm, tăng hấp thu FDG, SUVmax 6,4. Hình ảnh hạch nách phải kích thước 9 x 7 "
    "mm, không tăng hấp thu FDG; hạch nách trái kích thước 13 x 8 mm, hấp thu FDG nhẹ, SUVmax 1,9. Hình ảnh dây "
    "thanh phải tăng hấp thu FDG, SUVmax 4,4, dây thanh trái không tăng hấp thu FDG. Hố bẹn phải không thấy "
    "hạch, hố bẹn trái vài hạch còn rốn mỡ, hạch lớn nhất 12 mm, không tăng hấp thu FDG. Màng phổi trái có dịch "
    "dày 21 mm, màng phổi phải không có dịch. Hình ảnh hai hạch cổ phải nhóm III kích thước 15 x 9 mm, tăng hấp "
    "thu FDG, SUVmax 5,1. Không thấy hạch cổ trái. Kết luận: Hai tổn thương gan hạ phân thùy V và III tương ứng "
    "với di căn gan."
)

MIXED = (
    "Hình ảnh khối gan hạ phân thùy VI kích thước 32 x 27 mm, tăng hấp thu FDG, SUVmax 9,1. Hình ảnh nang gan hạ "
    "phân thùy III đường kính 14 mm, không tăng hấp thu FDG. Hình ảnh nốt vôi hóa gan hạ phân thùy VIII đường "
    "kính 5 mm, không tăng hấp thu FDG. Hình ảnh nốt đặc thùy trên phổi phải kích thước 13 x 10 mm, tăng hấp thu "
    "FDG, SUVmax 5,2. Hình ảnh nốt đặc thùy dưới phổi phải đường kính 9 mm, tăng hấp thu FDG, SUVmax 2,8. Hình "
    "ảnh nốt đặc thùy lưỡi phổi trái đường kính 7 mm, tăng hấp thu FDG, SUVmax 2,2. Hình ảnh nốt kính mờ thùy "
    "trên phổi trái đường kính 6 mm, không tăng hấp thu FDG. Hình ảnh hai hạch nách phải tăng hấp thu FDG, kích "
    "thước 16 mm và 11 mm, SUVmax lần lượt 6,2 và 3,3. Hình ảnh hạch bẹn phải 8 mm, không tăng hấp thu FDG. Vú "
    "trái có nốt góc phần tư trên ngoài, kích thước 15 x 12 mm, tăng hấp thu FDG, SUVmax 4,5; nốt góc phần tư "
    "dưới trong, kích thước 7 mm, không tăng hấp thu FDG. Hình ảnh đặc xương thân đốt sống L3, SUVmax 7,7 và ổ "
    "đặc xương cánh chậu phải, SUVmax 4,1. Kết luận: Hạch nách phải, tổn thương gan hạ phân thùy VI và đốt sống "
    "L3 tăng hấp thu FDG, nhiều khả năng di căn. Nốt thùy trên phổi phải nghi ngờ di căn. Ổ đặc xương cánh chậu "
    "phải khả năng lành tính."
)

CONTRASTS = (
    "Hình ảnh dây thanh trái tăng hấp thu FDG, SUVmax 4,1, dây thanh phải không tăng hấp thu FDG. Hình ảnh hạch "
    "cổ trái nhóm II kích thước 15 x 11 mm, tăng hấp thu FDG, SUVmax 7,4; hạch cổ trái nhóm IV kích thước 8 x 6 "
    "mm, không tăng hấp thu FDG. Hình ảnh khối hạch trung thất trước kích thước 52 x 38 mm, tăng hấp thu FDG, "
    "SUVmax 9,6. Hình ảnh hạch vú trong phải ngang khoang liên sườn 3 kích thước 10 x 8 mm, SUVmax 3,9. Tràn "
    "dịch màng phổi trái lượng ít, không tăng hấp thu FDG. Không tràn dịch màng phổi phải. Hình ảnh tổn thương "
    "gan hạ phân thùy V kích thước 19 mm, tăng hấp thu FDG, SUVmax 7,0; tổn thương gan hạ phân thùy IVb kích "
    "thước 12 mm, tăng hấp thu FDG, SUVmax 5,2. Tuyến thượng thận phải có nốt kích thước 18 x 13 mm, tăng hấp "
    "thu FDG, SUVmax 6,6; tuyến thượng thận trái bình thường. Hình ảnh các tổn thương tiêu xương tăng hấp thu "
    "FDG: thân đốt sống T9 kích thước 15 mm, SUVmax 8,2; thân đốt sống L2 kích thước 22 mm, SUVmax 9,9; ngành "
    "ngồi mu phải kích thước 17 mm, SUVmax 6,3. Hình ảnh gãy cũ cung bên xương sườn 8 trái, không tăng hấp thu "
    "FDG. Hình ảnh ổ tiêu xương xương sườn 4 phải, SUVmax 5,9; đường gãy cũ xương sườn 9 bên trái, SUVmax 2,2. "
    "Kết luận: Tổn thương gan hạ phân thùy V, tương ứng với di căn; tổn thương gan hạ phân thùy IVb, nghi ngờ di "
    "căn. Hạch cổ trái nhóm II nghi ngờ di căn. Hạch vú trong phải khả năng di căn. Nốt tuyến thượng thận phải, "
    "nghi ngờ di căn. Đa tổn thương xương tương ứng với di căn. Xương sườn 9 bên trái, tương ứng với gãy xương "
    "cũ."
)

LINKED = (
    "Hình ảnh nốt đặc thùy dưới phổi phải kích thước 11 mm, tăng hấp thu FDG, SUVmax 3,2. Hình ảnh khối thùy "
    "trên phổi phải kích thước 34 x 30 mm, tăng hấp thu FDG, SUVmax 12,0. Hình ảnh hạch rốn phổi phải kích thước "
    "14 mm, SUVmax 6,0. Hình ảnh hạch dưới carina kích thước 12 mm, SUVmax 5,0. Hình ảnh tổn thương giảm tỷ "
    "trọng gan hạ phân thùy V kích thước 18 mm, tăng hấp thu FDG, SUVmax 7,0; nang gan hạ phân thùy V kích thước "
    "9 mm, không tăng hấp thu FDG. Lách hấp thu FDG thấp hơn gan. Hình ảnh ổ tiêu xương thân đốt sống L1, SUVmax "
    "8,8; ổ tiêu xương cánh chậu trái, SUVmax 6,6; u máu thân đốt sống T12, không tăng hấp thu FDG; thoái hóa "
    "khớp vai phải, hấp thu FDG nhẹ, SUVmax 2,2. Kết luận: Khối thùy trên phổi phải tương ứng với u phổi nguyên "
    "phát. Hạch rốn phổi phải và tổn thương gan hạ phân thùy V nhiều khả năng di căn. Hạch dưới carina khả năng "
    "viêm. Nốt thùy dưới phổi phải nghi ngờ di căn. Nhiều tổn thương xương tương ứng với di căn xương. Khớp vai "
    "phải khả năng thoái hóa."
)

TWINS = [  # report, question, what the report bears out, what it does not
    (COUNTED, "Có hạch nào nghi di căn?",
     "Có. Hai vị trí hạch nhiều khả năng là di căn:\n- Hạch 10L ở rốn phổi trái: 18 x 11 mm, SUVmax 9,3\n- "
      "Hạch 2R cạnh khí quản phải: 15 x 12 mm, SUVmax 6,8",
     ["Có. Hai vị trí hạch nhiều khả năng là di căn:\n- Hạch 10L ở rốn phổi trái: 15 x 12 mm, SUVmax 6,8\n- "
      "Hạch 2R cạnh khí quản phải: 18 x 11 mm, SUVmax 9,3",
      "Có. Ba vị trí hạch nhiều khả năng là di căn:\n- Hạch 10L ở rốn phổi trái: 18 x 11 mm, SUVmax 9,3\n- "
      "Hạch 2R cạnh khí quản phải: 15 x 12 mm, SUVmax 6,8",
      "Có. Hai vị trí hạch nghi ngờ di căn:\n- Hạch 10L ở rốn phổi trái: 18 x 11 mm, SUVmax 9,3\n- Hạch 2R "
      "cạnh khí quản phải: 15 x 12 mm, SUVmax 6,8",
      "Có. Hai vị trí hạch nhiều khả năng là di căn:\n- Hạch 10L ở rốn phổi trái: 18 x 11 mm, SUVmax 9,3\n- "
      "Hạch dưới carina: 9 mm",
      "Có. Hai vị trí hạch nhiều khả năng là di căn:\n- Hạch 10R ở rốn phổi phải: 18 x 11 mm, SUVmax 9,3\n- "
      "Hạch 2R cạnh khí quản phải: 15 x 12 mm, SUVmax 6,8"]),
    (COUNTED, "Gan có bao nhiêu ổ di căn?",
     "Có 3 ổ, nằm ở các hạ phân thùy II, VI và VIII.",
     ["Có 3 ổ, nằm ở các hạ phân thùy II, V và VIII.",
      "Có 2 ổ, nằm ở các hạ phân thùy II và VIII.",
      "Có 3 ổ, nằm ở các hạ phân thùy II và VIII.",
      "Có 4 ổ, nằm ở các hạ phân thùy II, V, VI và VIII.",
      "Có 3 ổ, nằm ở các hạ phân thùy II, VI và VII."]),
    (COUNTED, "Gan có bao nhiêu ổ di căn, ở đâu?",
     "Có ba ổ tương ứng với di căn gan: ổ lớn nhất ở hạ phân thùy II (24 x 20 mm, SUVmax 8,1), các ổ còn "
      "lại ở hạ phân thùy VI (16 mm, SUVmax 5,5) và hạ phân thùy VIII (11 mm, SUVmax 7,9).",
     []),
    (COUNTED, "Gan có bao nhiêu ổ di căn, ở đâu?",
     "Có ba ổ tương ứng với di căn gan: ổ ở hạ phân thùy II (24 x 20 mm, SUVmax 8,1), ổ ở hạ phân thùy VI "
      "(16 mm, SUVmax 5,5) và ổ ở hạ phân thùy VIII (11 mm, SUVmax 7,9).",
     ["Có ba ổ tương ứng với di căn gan: ổ ở hạ phân thùy II (24 x 20 mm, SUVmax 8,1), ổ ở hạ phân thùy VI "
      "(16 mm, SUVmax 7,9) và ổ ở hạ phân thùy VIII (11 mm, SUVmax 5,5).",
      "Có hai ổ tương ứng với di căn gan: ổ ở hạ phân thùy II (24 x 20 mm, SUVmax 8,1) và ổ ở hạ phân thùy "
      "VI (16 mm, SUVmax 5,5).",
      "Có hai ổ tương ứng với di căn gan: ổ lớn hơn ở hạ phân thùy II (24 x 20 mm, SUVmax 8,1) và ổ nhỏ "
      "hơn ở hạ phân thùy V (13 mm).",
      "Có ba ổ nghi ngờ di căn gan: ổ ở hạ phân thùy II (24 x 20 mm, SUVmax 8,1), ổ ở hạ phân thùy VI (16 "
      "mm, SUVmax 5,5) và ổ ở hạ phân thùy VIII (11 mm, SUVmax 7,9)."]),
    (COUNTED, "Gan có tổn thương gì?",
     "Gan có ba tổn thương giảm tỷ trọng tăng hấp thu FDG:\n• HPT II: 2,4 x 2,0 cm – SUVmax 8,1\n• HPT VI: "
      "1,6 cm – SUVmax 5,5\n• HPT VIII: 1,1 cm – SUVmax 7,9",
     ["Gan có ba tổn thương giảm tỷ trọng tăng hấp thu FDG:\n• HPT II: 2,4 x 2,0 cm – SUVmax 8,1\n• HPT VI: "
      "1,6 cm – SUVmax 7,9\n• HPT VIII: 1,1 cm – SUVmax 5,5",
      "Gan có hai tổn thương giảm tỷ trọng tăng hấp thu FDG:\n• HPT II: 2,4 x 2,0 cm – SUVmax 8,1\n• HPT VI: "
      "1,6 cm – SUVmax 5,5",
      "Gan có ba tổn thương giảm tỷ trọng tăng hấp thu FDG:\n• HPT II: 2,4 x 2,0 cm – SUVmax 8,1\n• HPT VI: "
      "1,6 cm – SUVmax 5,5\n• HPT V: 1,3 cm"]),
    (COUNTED, "Tổn thương xương ở đâu?",
     "Có bốn vị trí tiêu xương tăng chuyển hóa: T11, L4, cánh chậu phải và xương ức.",
     ["Có bốn vị trí tiêu xương tăng chuyển hóa: T11, L3, cánh chậu phải và xương ức.",
      "Có bốn vị trí tiêu xương tăng chuyển hóa: T11, L4, cánh chậu trái và xương ức.",
      "Có bốn vị trí tiêu xương tăng chuyển hóa: T11, L4 và xương ức.",
      "Có ba vị trí tiêu xương tăng chuyển hóa: T11, L4 và xương ức.",
      "Có bốn vị trí tiêu xương không tăng chuyển hóa: T11, L4, cánh chậu phải và xương ức.",
      "Có năm vị trí tiêu xương tăng chuyển hóa: T11, L4, cánh chậu phải và xương ức."]),
    (COUNTED, "Có bao nhiêu tổn thương xương và ở đâu?",
     "Có 4 ổ tiêu xương tăng hấp thu FDG, lần lượt ở thân đốt T11, L4, cánh chậu phải và xương ức.",
     ["Có 4 ổ tiêu xương tăng hấp thu FDG, lần lượt ở thân đốt T11, L4, cánh chậu trái và xương ức.",
      "Có 3 ổ tiêu xương tăng hấp thu FDG, lần lượt ở thân đốt T11, L4 và xương ức."]),
    (COUNTED, "Thận có nang không?",
     "Có ở cả hai bên: bên phải 3,1 cm, bên trái 1,8 cm, đều không tăng hấp thu FDG.",
     ["Có ở cả hai bên: bên phải 1,8 cm, bên trái 3,1 cm, đều không tăng hấp thu FDG.",
      "Có ở cả hai bên: bên phải 3,1 cm, bên trái 1,8 cm, đều tăng hấp thu FDG."]),
    (COUNTED, "Những tổn thương nào không tăng hấp thu FDG?",
     "Các tổn thương không tăng bắt FDG gồm: hạch dưới carina, nang gan hạ phân thùy V, nang thận phải và "
      "nang thận trái.",
     ["Các tổn thương không tăng bắt FDG gồm: hạch dưới carina, nốt thùy giữa phổi phải, nang gan hạ phân "
      "thùy V và nang thận phải.",
      "Các tổn thương không tăng bắt FDG gồm: hạch dưới carina, nang gan hạ phân thùy VI, nang thận phải."]),
    (SIDES, "Gan có bao nhiêu ổ di căn, ở đâu?",
     "Có hai ổ tương ứng với di căn gan: ổ lớn hơn ở hạ phân thùy V (41 x 35 mm, SUVmax 12,2) và ổ nhỏ "
      "hơn ở hạ phân thùy III (18 x 15 mm, SUVmax 6,4).",
     ["Có hai ổ tương ứng với di căn gan: ổ nhỏ hơn ở hạ phân thùy V (41 x 35 mm, SUVmax 12,2) và ổ lớn "
      "hơn ở hạ phân thùy III (18 x 15 mm, SUVmax 6,4).",
      "Có hai ổ tương ứng với di căn gan: ổ lớn hơn ở hạ phân thùy V (18 x 15 mm, SUVmax 6,4) và ổ nhỏ hơn "
      "ở hạ phân thùy III (41 x 35 mm, SUVmax 12,2).",
      "Có hai ổ tương ứng với di căn gan: ổ lớn hơn ở hạ phân thùy V (41 x 35 mm, SUVmax 12,2) và ổ nhỏ "
      "hơn ở hạ phân thùy IV (18 x 15 mm, SUVmax 6,4).",
      "Có ba ổ tương ứng với di căn gan: ổ lớn hơn ở hạ phân thùy V (41 x 35 mm, SUVmax 12,2) và ổ nhỏ hơn "
      "ở hạ phân thùy III (18 x 15 mm, SUVmax 6,4)."]),
    (SIDES, "Hai hạch nách khác nhau thế nào?",
     "Bên trái lớn hơn và hấp thu nhẹ (SUVmax 1,9), bên phải thì không tăng hấp thu.",
     ["Bên phải lớn hơn và hấp thu nhẹ (SUVmax 1,9), bên trái thì không tăng hấp thu.",
      "Bên trái nhỏ hơn và hấp thu nhẹ (SUVmax 1,9), bên phải thì không tăng hấp thu.",
      "Bên phải lớn hơn."]),
    (SIDES, "Dây thanh hai bên?",
     "Dây thanh phải tăng hấp thu (SUVmax 4,4), trong khi bên trái không tăng hấp thu.",
     ["Dây thanh phải không tăng hấp thu, trong khi bên trái tăng hấp thu (SUVmax 4,4).",
      "Dây thanh trái tăng hấp thu (SUVmax 4,4), còn bên phải không tăng hấp thu."]),
    (SIDES, "Hạch bẹn hai bên thế nào?",
     "Phải: không thấy hạch.\nTrái: vài hạch còn rốn mỡ, hạch to nhất 1,2 cm, không tăng chuyển hóa.",
     ["Trái: không thấy hạch.\nPhải: vài hạch còn rốn mỡ, hạch to nhất 1,2 cm, không tăng chuyển hóa.",
      "Phải: không thấy hạch.\nTrái: không thấy hạch.",
      "Phải: vài hạch còn rốn mỡ.\nTrái: vài hạch còn rốn mỡ, hạch to nhất 1,2 cm, không tăng chuyển hóa."]),
    (SIDES, "Bên nào có dịch màng phổi?",
     "Chỉ bên trái, lớp dịch dày 2,1 cm; bên phải không có.",
     ["Chỉ bên phải, lớp dịch dày 2,1 cm; bên trái không có.",
      "Chỉ bên trái, lớp dịch dày 2,1 cm; bên trái không có.",
      "Bên phải, lớp dịch dày 2,1 cm."]),
    (SIDES, "Hạch cổ mô tả giùm?",
     "Hai hạch, nhóm III bên phải, 1,5x0,9 cm. Bên trái chưa thấy hạch.",
     ["Hai hạch, nhóm III bên trái, 1,5x0,9 cm. Bên phải chưa thấy hạch.",
      "Bên phải chưa thấy hạch."]),
    (MIXED, "Gan có những tổn thương nào?",
     "Gan có ba tổn thương: ở hạ phân thùy VI là khối 3,2 x 2,7 cm, SUVmax 9,1; ở hạ phân thùy III là một "
      "nang 1,4 cm; ở hạ phân thùy VIII là nốt vôi hóa 0,5 cm.",
     ["Gan có hai tổn thương: ở hạ phân thùy VI là khối 3,2 x 2,7 cm, SUVmax 9,1; ở hạ phân thùy III là "
      "một nang 1,4 cm.",
      "Gan có ba tổn thương: ở hạ phân thùy VI là khối 3,2 x 2,7 cm, SUVmax 9,1; ở hạ phân thùy III là một "
      "nang 1,4 cm.",
      "Gan có ba tổn thương: ở hạ phân thùy VI là khối 3,2 x 2,7 cm, SUVmax 9,1; ở hạ phân thùy VIII là "
      "một nang 1,4 cm; ở hạ phân thùy III là nốt vôi hóa 0,5 cm."]),
    (MIXED, "Có bao nhiêu nốt phổi tăng hấp thu FDG?",
     "Ba nốt: hai nốt bên phải và một nốt bên trái.",
     ["Ba nốt: một nốt bên phải và hai nốt bên trái.",
      "Ba nốt: hai nốt bên phải và một nốt bên phải.",
      "Bốn nốt: hai nốt bên phải và hai nốt bên trái.",
      "Hai nốt: một nốt bên phải và một nốt bên trái.",
      "Ba nốt: hai nốt bên phải và một nốt ở gan.",
      "Bốn nốt: hai nốt bên phải và một nốt bên trái."]),
    (MIXED, "Mô tả hạch nách.",
     "Bên phải có hai hạch tăng chuyển hóa: một hạch 16 mm, SUVmax 6,2 và một hạch 11 mm, SUVmax 3,3.",
     ["Bên phải có hai hạch tăng chuyển hóa: một hạch 16 mm, SUVmax 3,3 và một hạch 11 mm, SUVmax 6,2.",
      "Bên trái có hai hạch tăng chuyển hóa: một hạch 16 mm, SUVmax 6,2 và một hạch 11 mm, SUVmax 3,3.",
      "Bên phải có ba hạch tăng chuyển hóa: một hạch 16 mm, SUVmax 6,2 và một hạch 11 mm, SUVmax 3,3.",
      "Bên phải có hai hạch không tăng chuyển hóa: một hạch 16 mm, SUVmax 6,2 và một hạch 11 mm, SUVmax "
      "3,3."]),
    (MIXED, "Những tổn thương nào nhiều khả năng là di căn?",
     "Gồm ba vị trí: hạch nách phải, tổn thương gan hạ phân thùy VI (SUVmax 9,1) và thân đốt sống L3 "
      "(SUVmax 7,7).",
     ["Gồm ba vị trí: hạch nách phải, tổn thương gan hạ phân thùy VI (SUVmax 7,7) và thân đốt sống L3 "
      "(SUVmax 9,1).",
      "Gồm hai vị trí: tổn thương gan hạ phân thùy VI (SUVmax 9,1) và thân đốt sống L3 (SUVmax 7,7).",
      "Gồm bốn vị trí: hạch nách phải, tổn thương gan hạ phân thùy VI (SUVmax 9,1), thân đốt sống L3 "
      "(SUVmax 7,7) và cánh chậu phải (SUVmax 4,1).",
      "Gồm ba vị trí: hạch nách phải, tổn thương gan hạ phân thùy VI (SUVmax 9,1) và cánh chậu phải "
      "(SUVmax 4,1).",
      "Gồm ba vị trí: hạch bẹn phải, tổn thương gan hạ phân thùy VI (SUVmax 9,1) và thân đốt sống L3 "
      "(SUVmax 7,7)."]),
    (MIXED, "Nốt nào ở vú trái không tăng hấp thu?",
     "Nốt nhỏ hơn, 0,7 cm, ở góc dưới trong.",
     ["Nốt lớn hơn, 1,5 cm, ở góc trên ngoài.",
      "Nốt nhỏ hơn, 0,7 cm, ở góc trên ngoài.",
      "Nốt lớn hơn, 0,7 cm, ở góc dưới trong."]),
    (MIXED, "Những nốt phổi nào tăng hấp thu?",
     "Các nốt tăng hấp thu FDG gồm:\n- Thùy trên phổi phải: 13 x 10 mm, SUVmax 5,2\n- Thùy dưới phổi phải: "
      "9 mm, SUVmax 2,8\n- Thùy lưỡi phổi trái: 7 mm, SUVmax 2,2",
     ["Các nốt tăng hấp thu FDG gồm:\n- Thùy trên phổi phải: 13 x 10 mm, SUVmax 5,2\n- Thùy dưới phổi phải: "
      "9 mm, SUVmax 2,8\n- Thùy trên phổi trái: 6 mm",
      "Các nốt nghi ngờ di căn gồm:\n- Thùy trên phổi phải: 13 x 10 mm, SUVmax 5,2\n- Thùy dưới phổi phải: 9 "
      "mm, SUVmax 2,8",
      "Có hai nốt tăng hấp thu FDG:\n- Thùy trên phổi phải: 13 x 10 mm, SUVmax 5,2\n- Thùy dưới phổi phải: 9 "
      "mm, SUVmax 2,8"]),
    (MIXED, "Tổn thương xương?",
     "Có hai ổ đặc xương: thân L3 (SUVmax 7,7) và cánh chậu phải (SUVmax 4,1).",
     ["Có hai ổ đặc xương: thân L3 (SUVmax 4,1) và cánh chậu phải (SUVmax 7,7).",
      "Thân L3 (SUVmax 7,7) và cánh chậu phải (SUVmax 4,1), nhiều khả năng đều là di căn.",
      "Có hai ổ đặc xương nhiều khả năng di căn: thân L3 (SUVmax 7,7) và cánh chậu phải (SUVmax 4,1).",
      "Có hai ổ đặc xương: thân L3 (SUVmax 7,7) và cánh chậu trái (SUVmax 4,1).",
      "Có ba ổ đặc xương: thân L3 (SUVmax 7,7) và cánh chậu phải (SUVmax 4,1)."]),
    (CONTRASTS, "Hai dây thanh thế nào?",
     "Dây thanh trái tăng hấp thu FDG (SUVmax 4,1) còn bên phải thì không.",
     ["Dây thanh phải tăng hấp thu FDG (SUVmax 4,1) còn bên trái thì không.",
      "Dây thanh trái tăng hấp thu FDG (SUVmax 4,1), dây thanh trái thì không.",
      "Dây thanh phải không tăng hấp thu FDG, còn bên trái thì không."]),
    (CONTRASTS, "Các hạch cổ trái có tăng hấp thu không?",
     "Hạch nhóm II tăng hấp thu còn hạch 8 x 6 mm ở nhóm IV thì không.",
     ["Hạch nhóm IV tăng hấp thu còn hạch 15 x 11 mm ở nhóm II thì không.",
      "Hạch nhóm II tăng hấp thu còn hạch 15 x 11 mm ở nhóm IV thì không."]),
    (CONTRASTS, "Màng phổi bên phải có dịch không?",
     "Không, dịch chỉ có ở bên đối diện, lượng ít.",
     ["Có, dịch có ở bên phải, lượng ít.",
      "Không, dịch chỉ có ở bên đối diện, lượng nhiều."]),
    (CONTRASTS, "Màng phổi bên trái có dịch không?",
     "Có dịch màng phổi trái lượng ít; bên còn lại không có dịch.",
     ["Bên còn lại có dịch lượng ít.",
      "Không, dịch chỉ có ở bên đối diện, lượng ít.",
      "Có dịch màng phổi phải lượng ít; bên còn lại không có dịch."]),
    (CONTRASTS, "Hai tuyến thượng thận thế nào?",
     "Bên phải có nốt 18 x 13 mm (SUVmax 6,6), nghi ngờ di căn; bên còn lại bình thường.",
     ["Bên trái có nốt 18 x 13 mm (SUVmax 6,6), nghi ngờ di căn; bên còn lại bình thường.",
      "Bên phải bình thường; bên còn lại có nốt 18 x 13 mm (SUVmax 6,6).",
      "Bên kia có nốt 18 x 13 mm."]),
    (CONTRASTS, "Hai tổn thương gan có được nhận định chắc chắn như nhau không?",
     "Không: ở hạ phân thùy V là tương ứng với di căn, còn ở IVb chỉ là nghi ngờ di căn.",
     ["Không: ở hạ phân thùy V là nghi ngờ di căn, còn ở IVb là tương ứng với di căn.",
      "Không: ở hạ phân thùy V là tương ứng với di căn, còn ở IVa chỉ là nghi ngờ di căn."]),
    (CONTRASTS, "Tổn thương xương ở những vị trí nào?",
     "Có ba vị trí tiêu xương tăng chuyển hóa, tương ứng với di căn: T9, L2 và ngành ngồi mu phải.",
     ["Có ba vị trí tiêu xương tăng chuyển hóa, tương ứng với di căn: T9, L2 và ngành ngồi mu trái.",
      "Có ba vị trí tiêu xương tăng chuyển hóa, nghi ngờ di căn: T9, L2 và ngành ngồi mu phải.",
      "Có hai vị trí tiêu xương tăng chuyển hóa, tương ứng với di căn: T9 và L2.",
      "Có ba vị trí tiêu xương tăng chuyển hóa, tương ứng với di căn: T9, L2 và xương sườn 8 trái."]),
    (CONTRASTS, "Tổn thương xương sườn hai bên có cùng bản chất không?",
     "Không, ở xương sườn 4 bên phải là ổ tiêu xương, còn bên trái là gãy cũ.",
     ["Không, ở xương sườn 4 bên trái là ổ tiêu xương, còn bên phải là gãy cũ.",
      "Không, ở xương sườn 9 bên trái là ổ tiêu xương, còn bên phải là gãy cũ."]),
    (CONTRASTS, "Hạch vú trong được mô tả ra sao?",
     "Đó là hạch bên phải, ngang mức khoang liên sườn 3, đo 10 x 8 mm với SUVmax 3,9.",
     ["Đó là hạch bên trái, ngang mức khoang liên sườn 3, đo 10 x 8 mm với SUVmax 3,9.",
      "Đó là hạch bên phải, ngang mức khoang liên sườn 2, đo 10 x 8 mm với SUVmax 3,9."]),
    (CONTRASTS, "Khối hạch trung thất trước đo bao nhiêu?",
     "Khối đo 5,2 x 3,8 cm, SUVmax 9,6.",
     ["Khối đo 1,8 x 1,3 cm, SUVmax 6,6.",
      "Khối đo 5,2 x 3,8 cm, SUVmax 7,4."]),
    (LINKED, "Gan có bao nhiêu ổ di căn?",
     "Một ổ ở hạ phân thùy V, 18 mm, nhiều khả năng di căn.",
     ["Hai ổ ở hạ phân thùy V.",
      "Một ổ ở hạ phân thùy V, 9 mm."]),
    (LINKED, "Những hạch nào nhiều khả năng di căn?",
     "Hạch rốn phổi phải.",
     ["Hạch rốn phổi phải và hạch dưới carina.",
      "Hạch dưới carina.",
      "Hai hạch: hạch rốn phổi phải và hạch dưới carina."]),
    (LINKED, "Nang gan là gì?",
     "Nang gan hạ phân thùy V 9 mm, không tăng hấp thu FDG.",
     ["Nang gan hạ phân thùy V 9 mm, nhiều khả năng di căn."]),
    (LINKED, "Tổn thương xương nào là di căn?",
     "Ổ tiêu xương L1 và cánh chậu trái, tương ứng với di căn.",
     ["U máu T12 tương ứng với di căn.",
      "Khớp vai phải tương ứng với di căn.",
      "Ổ tiêu xương L1 và khớp vai phải, tương ứng với di căn.",
      "Ổ tiêu xương L1 và T12, tương ứng với di căn."]),
    (LINKED, "Lách hấp thu FDG so với gan thế nào?",
     "Lách hấp thu FDG kém hơn gan.",
     ["Lách hấp thu FDG mạnh hơn gan.",
      "Gan hấp thu FDG kém hơn lách."]),
    (LINKED, "Khối u phổi ở đâu?",
     "U nằm ở thùy trên phổi phải, 3,4 x 3,0 cm.",
     ["U nằm ở thùy dưới phổi phải, 1,1 cm.",
      "Khối ở rốn phổi phải, 14 mm.",
      "U nằm ở thùy trên phổi trái, 3,4 x 3,0 cm."]),
    (LINKED, "Phổi phải có mấy nốt?",
     "Một nốt ở thùy dưới, 11 mm.",
     ["Một nốt ở thùy giữa, 11 mm.",
      "Hai nốt ở thùy dưới và thùy giữa.",
      "Ba nốt ở thùy dưới, thùy giữa và thùy trên."]),
    (LINKED, "Có mấy hạch trung thất và rốn phổi?",
     "Hai hạch, ở rốn phổi phải và dưới carina.",
     ["Ba hạch, ở rốn phổi phải và dưới carina.",
      "Hai hạch, ở rốn phổi trái và dưới carina.",
      "Hai hạch, đều nhiều khả năng di căn.",
      "Hai hạch nhiều khả năng di căn, ở rốn phổi phải và dưới carina."]),
]  # fmt: skip


@pytest.mark.parametrize(("report", "question", "true", "false"), TWINS)
def test_a_list_passes_and_none_of_its_false_twins(report: str, question: str, true: str, false: list[str]) -> None:
    source = flat_report(report)
    assert not check_answer(source, question, true).objections
    assert [text for text in false if check_answer(source, question, text).accepted] == []


def test_what_opens_a_list_is_said_of_each_of_its_items() -> None:
    first, second = sentence_facts(
        "Hai nốt gan tăng hấp thu FDG: hạ phân thùy II 12 mm và hạ phân thùy VI 9 mm, SUVmax 4."
    )
    assert first.levels == second.levels == {"increased"}
    assert first.heads == second.heads == {"nodule"}
    assert [sorted(fact.atoms) for fact in (first, second)] == [["liver", "seg:ii"], ["liver", "seg:vi"]]
    assert first.counts == second.counts == {"of:two"}


def test_a_list_of_places_alone_is_one_finding_at_all_of_them() -> None:
    (fact,) = sentence_facts("Có bốn ổ tiêu xương nghi ngờ di căn: T5, L2, xương ức và cánh chậu trái.")
    assert (fact.counts, fact.tier, len(fact.items)) == (frozenset({"n4"}), "suspect", 4)


def test_the_station_in_brackets_is_of_the_place_before_them() -> None:
    (fact,) = sentence_facts("Hạch cổ phải (nhóm II, III) tăng hấp thu FDG.")
    assert [(sorted(i.atoms), i.side) for i in fact.items] == [
        (["region:neck", "stn:ii"], "right"),
        (["region:neck", "stn:iii"], "right"),
    ]


def test_the_other_side_is_of_the_organ_and_not_of_its_part() -> None:
    first, second = sentence_facts("Nang cực trên thận phải 12 mm, bên trái 9 mm.")
    assert {(i.side, "kidney" in i.atoms) for f in (first, second) for i in f.items} == {
        ("right", True),
        ("left", True),
    }
    assert (second.atoms, second.heads) == (frozenset({"kidney"}), frozenset({"cyst"}))
    assert [f.sizes[0].dims for f in (first, second)] == [(12.0,), (9.0,)]


def test_a_part_that_stands_far_from_the_next_organ_is_of_the_one_before() -> None:
    (fact,) = sentence_facts("Thận phải có sỏi 6 mm ở đài dưới, không làm giãn niệu quản.")
    assert any({"kidney", "calyx:lower"} <= i.atoms for i in fact.items)


@pytest.mark.parametrize(
    ("impression", "read"),
    [
        ("Hạch rốn phổi phải và hạch trung thất nhóm 7 nghi ngờ di căn.", 2),
        ("Hạch rốn phổi phải nghi ngờ di căn.", 1),
        ("Hạch trung thất nhóm 4R nghi ngờ di căn.", 0),
    ],
)
def test_an_impression_names_findings_by_few_words(impression: str, read: int) -> None:
    found = "Hình ảnh hạch rốn phổi phải nhóm 10R 12 mm. Hình ảnh hạch dưới carina nhóm 7 kích thước 15 mm."
    source = source_of(sectioned_report({Section.CHEST: found, Section.IMPRESSION: impression}))
    assert len([row for row in source.linked if row.fact.tier == "suspect"]) == read


def test_three_that_were_counted_are_the_three_of_the_impression() -> None:
    found = (
        "Hình ảnh ba tổn thương gan tăng hấp thu FDG: hạ phân thùy II 12 mm; hạ phân thùy V 9 mm; hạ phân thùy VI 8 mm."
    )
    cyst = "Hình ảnh nang gan hạ phân thùy III 5 mm."
    for count, read in (("Ba", 3), ("Hai", 0)):
        said = f"{count} tổn thương gan tương ứng với di căn."
        report = sectioned_report({Section.ABDOMEN_PELVIS: f"{found} {cyst}", Section.IMPRESSION: said})
        assert len([row for row in source_of(report).linked if "metastasis" in row.fact.readings]) == read


@pytest.mark.parametrize(
    ("sentence", "levels"),
    [
        ("Dây thanh phải tăng hấp thu FDG, dây thanh trái thì không.", [{"increased"}, {"none"}]),
        ("Dây thanh phải tăng hấp thu FDG (SUVmax 4,0) còn bên trái thì không.", [{"increased"}, {"none"}]),
        ("Dây thanh phải tăng hấp thu FDG, trong khi bên trái không tăng hấp thu FDG.", [{"increased"}, {"none"}]),
    ],
)
def test_what_stands_in_contrast_is_another_finding(sentence: str, levels: list[set[str]]) -> None:
    facts = sentence_facts(sentence)
    assert [fact.levels for fact in facts] == levels
    assert [next(iter(fact.sides)) for fact in facts] == ["right", "left"]


def test_the_other_side_is_that_of_the_sentence_or_of_the_sentence_before() -> None:
    first, second = sentence_facts("Bên trái có nốt 12 mm; bên còn lại bình thường.")
    assert (first.sides, second.sides) == (frozenset({"left"}), frozenset({"right"}))
    report = sectioned_report(
        {Section.CHEST: "Nách trái có hạch 12 mm, tăng hấp thu FDG. Bên đối diện không thấy hạch."}
    )
    assert [row.fact.sides for row in source_of(report).facts] == [{"left"}, {"right"}]
    (rest,) = sentence_facts("Phần còn lại của tuyến vú phải bình thường.")
    assert rest.sides == {"right"}


def test_which_side_is_the_other_one_has_to_be_known() -> None:
    verdict = check_answer(flat_report(CONTRASTS), "Hai tuyến thượng thận thế nào?", "Bên kia có nốt 18 x 13 mm.")
    assert verdict.objections[0].message == "which side is meant cannot be told"


REWRITES = [  # a sentence of a report, what says the same, what does not
    ("Nang thận phải 12 mm, bên trái 9 mm.",
     ["Nang thận phải 12 mm, nang thận trái 9 mm."],
     ["Nang thận trái 12 mm, bên phải 9 mm.",
      "Nang thận phải 9 mm, bên trái 12 mm.",
      "Nang thận phải 12 mm.",
      "Nang thận phải 12 mm, bên phải 9 mm."]),
    ("Hình ảnh ba tổn thương gan tăng hấp thu FDG: hạ phân thùy II kích thước 12 mm, SUVmax 5,1; hạ "
      "phân thùy V kích thước 9 mm, SUVmax 4,4; hạ phân thùy VI kích thước 8 mm, SUVmax 6,0.",
     ["Ghi nhận ba tổn thương gan tăng chuyển hóa FDG: hạ phân thùy II 12 mm, SUVmax 5,1; hạ phân thùy V "
      "9 mm, SUVmax 4,4; hạ phân thùy VI 8 mm, SUVmax 6,0."],
     ["Ghi nhận ba tổn thương gan tăng chuyển hóa FDG: hạ phân thùy II 12 mm, SUVmax 5,1; hạ phân thùy V "
      "9 mm, SUVmax 6,0; hạ phân thùy VI 8 mm, SUVmax 4,4.",
      "Ghi nhận ba tổn thương gan không tăng chuyển hóa FDG: hạ phân thùy II 12 mm, SUVmax 5,1; hạ phân "
      "thùy V 9 mm, SUVmax 4,4; hạ phân thùy VI 8 mm, SUVmax 6,0.",
      "Ghi nhận ba tổn thương gan tăng chuyển hóa FDG: hạ phân thùy II 12 mm, SUVmax 5,1; hạ phân thùy V "
      "9 mm, SUVmax 4,4.",
      "Ghi nhận ba tổn thương gan tăng chuyển hóa FDG: hạ phân thùy II 12 mm, SUVmax 5,1; hạ phân thùy "
      "IV 9 mm, SUVmax 4,4; hạ phân thùy VI 8 mm, SUVmax 6,0."]),
    ("Dây thanh phải tăng hấp thu FDG, trong khi dây thanh trái không tăng hấp thu FDG.",
     ["Dây thanh phải tăng chuyển hóa FDG, còn dây thanh trái không tăng chuyển hóa FDG."],
     ["Dây thanh trái tăng chuyển hóa FDG, còn dây thanh phải không tăng chuyển hóa FDG.",
      "Dây thanh phải không tăng chuyển hóa FDG, còn dây thanh trái tăng chuyển hóa FDG."]),
    ("Hạch cổ phải (nhóm II, III) tăng hấp thu FDG.",
     ["Hạch cổ phải nhóm II và nhóm III tăng chuyển hóa FDG."],
     ["Hạch cổ trái nhóm II và nhóm III tăng chuyển hóa FDG.",
      "Hạch cổ phải nhóm II và nhóm IV tăng chuyển hóa FDG.",
      "Hạch cổ phải nhóm II tăng chuyển hóa FDG."]),
    ("Hố nách phải không thấy hạch, hố nách trái vài hạch 9 mm.",
     ["Không thấy hạch nách phải. Nách trái có vài hạch 9 mm."],
     ["Không thấy hạch nách trái. Nách phải có vài hạch 9 mm.",
      "Không thấy hạch nách hai bên."]),
    ("Màng phổi phải có dịch dày 18 mm, màng phổi trái không có dịch.",
     ["Có dịch màng phổi phải dày 18 mm. Màng phổi trái không có dịch."],
     ["Có dịch màng phổi trái dày 18 mm. Màng phổi phải không có dịch.",
      "Có dịch màng phổi phải dày 8 mm. Màng phổi trái không có dịch."]),
    ("Vú phải có nốt góc phần tư trên ngoài 13 mm; nốt góc phần tư dưới trong 8 mm.",
     ["Vú phải có nốt góc phần tư trên ngoài 13 mm và nốt góc phần tư dưới trong 8 mm."],
     ["Vú phải có nốt góc phần tư trên ngoài 8 mm; nốt góc phần tư dưới trong 13 mm.",
      "Vú trái có nốt góc phần tư trên ngoài 13 mm; nốt góc phần tư dưới trong 8 mm."]),
    ("Hạch nhóm 4R 15 mm, SUVmax 6,0 và hạch nhóm 7 kích thước 12 mm, SUVmax 5,0, đều là hạch di căn.",
     [],
     ["Hạch nhóm 4R 15 mm, SUVmax 6,0 và hạch nhóm 7 kích thước 12 mm, SUVmax 5,0, hạch nhóm 7 là hạch "
      "di căn."]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "same", "other"), REWRITES)
def test_a_rewrite_of_a_list_passes_and_none_of_its_false_twins(
    sentence: str, same: list[str], other: list[str]
) -> None:
    rest = " Không thấy tràn dịch màng ngoài tim. Lách không to."
    report = flat_report(sentence + rest)
    assert [text for text in same if not check_text(report, text + rest).accepted] == []
    assert [text for text in other if check_text(report, text + rest).accepted] == []


INTERNAL = (
    "Hình ảnh hai hạch vú trong bên trái ở khoang liên sườn I và IV, kích thước lần lượt 8 mm và 6 mm, SUVmax lần lượt 4,9 "
    "và 3,1. Bệnh nhân đã phẫu thuật nạo vét hạch nách phải."
)


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        (
            "Hai hạch vú trong bên trái: hạch ở khoang liên sườn I 8 mm, SUVmax 4,9; hạch ở khoang liên sườn IV 6 mm.",
            True,
        ),
        (
            "Hai hạch vú trong bên phải: hạch ở khoang liên sườn I 8 mm, SUVmax 4,9; hạch ở khoang liên sườn IV 6 mm.",
            False,
        ),
        (
            "Hai hạch vú trong bên trái: hạch ở khoang liên sườn I 6 mm, SUVmax 3,1; hạch ở khoang liên sườn IV 8 mm.",
            False,
        ),
        ("Nách phải đã phẫu thuật nạo vét hạch.", True),
        ("Nách phải có hạch.", False),
    ],
)
def test_the_side_above_a_list_is_that_of_its_items_and_what_was_removed_is_gone(answer: str, accepted: bool) -> None:
    assert check_answer(flat_report(INTERNAL), "Mô tả hạch.", answer).accepted is accepted
